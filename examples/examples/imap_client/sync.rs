use crate::connection::Connection;
pub async fn sync(_: &mut Connection, _: &std::path::Path) -> anyhow::Result<()> {
    Ok(())
}
