//! A report on what could not be delivered (RFC 3464).

use std::fmt::Write;

use anyhow::Context;
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};

use crate::delivery::Outcome;

/// The report on `failed`, to be sent to `sender`.
pub fn report(reporter: &str, sender: &str, failed: &[&Outcome], message: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut people = String::from("The message could not be delivered to:\r\n\r\n");
    // RFC 3464 section 2.2: fields for the message, an empty line, fields for each recipient.
    let mut programs = format!("Reporting-MTA: dns; {reporter}\r\n");
    for Outcome { recipient, said, status_code, .. } in failed {
        write!(people, "  {recipient}\r\n    {said}\r\n")?;
        write!(
            programs,
            "\r\nFinal-Recipient: {}; {recipient}\r\nAction: failed\r\nStatus: {status_code}\r\n\
             Diagnostic-Code: smtp; {said}\r\n",
            if recipient.is_ascii() { "rfc822" } else { "utf-8" },
        )?;
    }
    let headers = header_section(message);
    let body = MimePart::new(
        // RFC 6522: a multipart/report of text, status and what is returned.
        mail_builder::headers::content_type::ContentType::new("multipart/report")
            .attribute("report-type", "delivery-status"),
        vec![
            MimePart::new("text/plain", people),
            MimePart::new("message/delivery-status", BodyPart::Text(programs.into()))
                .transfer_encoding("7bit"),
            MimePart::new("text/rfc822-headers", String::from_utf8_lossy(headers).into_owned()),
        ],
    );
    let builder = MessageBuilder::new()
        .from(("Mail Delivery System".to_owned(), format!("postmaster@{reporter}")))
        .to(sender.to_owned())
        .subject("Undelivered mail returned to sender")
        .header("Auto-Submitted", HeaderType::Text("auto-replied".into()))
        .header("Return-Path", Raw::new("<>"))
        .body(body);
    builder.write_to_vec().context("cannot write the report")
}

/// The message's header fields, up to the empty line.
fn header_section(message: &[u8]) -> &[u8] {
    let end = |empty: &[u8]| message.windows(empty.len()).position(|window| window == empty);
    let end = end(b"\r\n\r\n")
        .map(|at| at.saturating_add(2))
        .or_else(|| end(b"\n\n").map(|at| at.saturating_add(1)));
    message.get(..end.unwrap_or(message.len())).unwrap_or_default()
}
