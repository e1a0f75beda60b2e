//! Goes through all that ours reads when it is asked for: the items of lists, and what is in them.

use std::hint::black_box;

use ours_imap::command::UidCommand;
use ours_imap::response::{Code, Data, NumberedData, RespText};
use ours_imap::search::Search;
use ours_imap::store::StoreAttribute;
use ours_imap::{BodyStructure, Command, Envelope, FetchItem, Response, TaggedCommand};

/// Takes each item, and looks at nothing of it.
fn each<T>(items: impl IntoIterator<Item = T>) {
    items.into_iter().for_each(|item| _ = black_box(item));
}

pub fn response(response: &Response<'_>) {
    match response {
        Response::Tagged(tagged) => text(&tagged.status.text),
        Response::Status(status) => text(&status.text),
        Response::Bye(of) | Response::PreAuth(of) => text(of),
        Response::Data(of) => data(of),
        Response::Numbered(numbered) => {
            if let NumberedData::Fetch(items) = &numbered.data {
                items.iter().for_each(|item| fetch_item(&item));
            }
        }
        Response::Continue(_) | Response::Invalid(_) => {}
    }
}

fn text(text: &RespText<'_>) {
    match &text.code {
        Some(Code::PermanentFlags(flags)) => each(flags.iter()),
        Some(Code::Capability(all)) => each(all.0.iter()),
        _ => {}
    }
}

fn data(data: &Data<'_>) {
    match data {
        Data::Capability(all) => each(all.0.iter()),
        Data::List(of) | Data::Lsub(of) => {
            each(of.attributes.iter());
            each(of.extended.iter());
        }
        Data::Status(of) => each(of.items.iter()),
        Data::Flags(flags) => each(flags.iter()),
        Data::Vanished(of) => each(of.uids.ranges()),
        Data::Search(of) | Data::Sort(of) => each(of.ids.iter()),
        Data::Esearch(of) => of.items.iter().for_each(|item| match &item {
            ours_imap::esearch::SearchReturnData::All(ids) => each(ids.ranges()),
            item => _ = black_box(item),
        }),
        _ => {}
    }
}

fn fetch_item(item: &FetchItem<'_>) {
    match item {
        FetchItem::Flags(flags) => each(flags.iter()),
        FetchItem::Envelope(of) => envelope(of),
        FetchItem::BodyStructure(of) | FetchItem::Body(of) => body(of),
        item => _ = black_box(item),
    }
}

fn envelope(envelope: &Envelope<'_>) {
    for addresses in
        [&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to, &envelope.cc, &envelope.bcc]
    {
        each(addresses.iter());
    }
}

fn body(structure: &BodyStructure<'_>) {
    each(structure.parameters().iter());
    if let Some(disposition) = structure.disposition() {
        each(disposition.parameters.iter());
    }
    each(structure.extension().language.iter());
    match structure {
        BodyStructure::Part(part) => {
            if let Some(message) = part.as_message() {
                envelope(&message.envelope);
                message.body().iter().for_each(body);
            }
        }
        BodyStructure::Multipart(multipart) => multipart.parts.iter().for_each(|part| body(&part)),
    }
}

pub fn command(command: &TaggedCommand<'_>) {
    match &command.command {
        Command::Select(select) | Command::Examine(select) => each(select.parameters.iter()),
        Command::Status(status) => each(status.attributes.iter()),
        Command::Enable(all) => each(all.iter()),
        Command::Id(parameters) => each(parameters.iter()),
        Command::Search(of) => search(of),
        Command::Uid(UidCommand::Search(of)) => search(of),
        Command::Fetch(of) | Command::Uid(UidCommand::Fetch(of)) => {
            each(of.set.ranges());
            each(of.attributes.iter());
            each(of.modifiers.iter());
        }
        Command::Store(of) | Command::Uid(UidCommand::Store(of)) => {
            each(of.set.ranges());
            if let StoreAttribute::Flags(of) = &of.attribute {
                each(of.flags.iter());
            }
        }
        Command::Copy(of) | Command::Move(of) | Command::Uid(UidCommand::Copy(of) | UidCommand::Move(of)) => {
            each(of.set.ranges());
        }
        Command::Append(of) => {
            for message in of.messages() {
                message.options.flags.iter().for_each(|flags| each(flags.iter()));
            }
        }
        _ => {}
    }
}

fn search(search: &Search<'_>) {
    each(search.keys.events());
}
