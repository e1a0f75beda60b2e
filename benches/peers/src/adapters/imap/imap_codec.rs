//! imap-codec of Damian Poddebniak.

use benches::Load;
use benches::imap::Imap;
use imap_codec::decode::Decoder;
use imap_codec::encode::Encoder;
use imap_codec::{CommandCodec, ResponseCodec};

use crate::job::{Job, Task};

const NAME: &str = "imap-codec";

pub fn jobs(task: Task<Imap>, load: &Load) -> Vec<Job<'_>> {
    let (commands, responses) = (CommandCodec::new(), ResponseCodec::new());
    vec![match (task.load.is_of_client(), task.encode) {
        (false, false) => Job::read(NAME, load, move |message| responses.decode(message)),
        (true, false) => Job::read(NAME, load, move |message| commands.decode(message)),
        (false, true) => Job::written(
            NAME,
            load,
            |message| responses.decode(message),
            |(_, response), out| out.append(&mut ResponseCodec::new().encode(response).dump()),
        ),
        (true, true) => Job::written(
            NAME,
            load,
            |message| commands.decode(message),
            |(_, command), out| out.append(&mut CommandCodec::new().encode(command).dump()),
        ),
    }]
}
