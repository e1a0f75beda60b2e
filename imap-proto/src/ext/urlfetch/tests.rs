use super::*;
use crate::ext::url::tests::any_url;
use crate::grammar::body::tests::any_body_structure;
use crate::options::Dialect;
use crate::testing::{
    check, check_alike, check_read, check_refused, check_tolerated, encoded, encoded_bytes, round_trip,
};
use crate::wire::exact;
use alloc::format;
use proptest::prelude::*;

const FULL: &str = concat!(
    "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred",
    ":internal:91354a473744909de610943775f92038"
);

fn text(url: &str) -> UrlText<'_> {
    UrlText::new(url).unwrap()
}

#[test]
fn urls_to_fetch() {
    let fetch = |url, params: &[UrlFetchParam<'static>]| UrlFetch {
        url: text(url),
        params: params.iter().cloned().collect(),
    };
    let other = || UrlFetchParam::Other(OtherUrlFetchParam::new("X-SIZE").unwrap());
    let (binary, structure) = (UrlFetchParam::Binary, UrlFetchParam::BodyPartStructure);
    check([
        (FULL, fetch(FULL, &[])),
        ("\"no url\"", fetch("no url", &[])),
        (format!("({FULL} BINARY)").leak(), fetch(FULL, &[UrlFetchParam::Binary])),
        ("(/a BODYPARTSTRUCTURE BODY)", fetch("/a", &[structure.clone(), UrlFetchParam::Body])),
        ("(/a X-SIZE)", fetch("/a", &[other()])),
    ]);
    check_read([("(/a)", fetch("/a", &[])), ("(\"/a\" binary)", fetch("/a", &[UrlFetchParam::Binary]))]);
    let list: List<'_, _, Bare> = [fetch("/a", &[]), fetch("/b", &[binary, structure])].into();
    check([("/a (/b BINARY BODYPARTSTRUCTURE)", list)]);
    check_refused::<UrlFetch<'_>, 5>([("", 0), ("(/a", 3), ("(/a )", 4), ("(/a BODY ", 9), ("()", 1)]);
    assert!(OtherUrlFetchParam::new("body").is_err());
    // RFC 5524 section 4 has two spaces there.
    check_tolerated([("(/a  BODY)", fetch("/a", &[UrlFetchParam::Body]), Leniency::EXTRA_SPACE)]);
}

#[test]
fn urls_fetched() {
    let fetched = |url, content| UrlFetched { url: text(url), content };
    let data = |urls: &[UrlFetched<'static>]| UrlFetchData::new(urls.to_vec()).unwrap();
    let body = |octets: &'static str| UrlBody::new(octets).unwrap();
    let plain = |octets| UrlContent::Body(body(octets));
    let metadata =
        |items: &[UrlMetadataItem<'static>]| UrlContent::Metadata(UrlMetadata::new(items.to_vec()).unwrap());
    let binary = |octets: &'static str| UrlMetadataItem::Binary(NString8::new(octets));
    let image = |string| IString::new(string).unwrap();
    let png = || {
        let part = crate::body::Part::basic(image("IMAGE"), image("PNG")).unwrap();
        UrlMetadataItem::BodyPartStructure(part.into())
    };
    let war = "Si vis pacem, para bellum.\r\n";
    check([
        (format!("{FULL} {{28}}\r\n{war}").leak(), data(&[fetched(FULL, plain(war))])),
        ("/a NIL", data(&[fetched("/a", UrlContent::Body(UrlBody::NIL))])),
        ("/a \"\" /b \"x\"", data(&[fetched("/a", plain("")), fetched("/b", plain("x"))])),
        (format!("{FULL} (BINARY {{28}}\r\n{war})").leak(), data(&[fetched(FULL, metadata(&[binary(war)]))])),
        (
            "/a (BINARY ~{3}\r\na\0b) (BODY \"x\") /b NIL",
            data(&[
                fetched("/a", metadata(&[binary("a\0b"), UrlMetadataItem::Body(body("x"))])),
                fetched("/b", UrlContent::Body(UrlBody::NIL)),
            ]),
        ),
        (
            "/a (BODYPARTSTRUCTURE (\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 0)) (BINARY NIL)",
            data(&[fetched("/a", metadata(&[png(), UrlMetadataItem::Binary(NString8::NIL)]))]),
        ),
        ("/a (BINARY NIL)", data(&[fetched("/a", metadata(&[UrlMetadataItem::Binary(NString8::NIL)]))])),
    ]);
    check_refused::<UrlFetchData<'_>, 12>([
        ("", 0),
        ("/a", 2),
        ("/a x", 3),
        ("/a ~{1}\r\nx", 3),
        ("/a ()", 4),
        ("/a (TEXT x)", 4),
        ("/a (BODY \"x\"", 12),
        ("/a (BODY \"x\") (BODY \"y\")", 15),
        ("/a (BODY ~{1}\r\nx)", 9),
        ("/a NIL ", 7),
        ("/a (BODYPARTSTRUCTURE NIL)", 22),
        ("/a (BODY \"x\" BINARY \"y\")", 12),
    ]);
    let all = || data(&[fetched("/a", metadata(&[png(), binary("x")]))]);
    check_tolerated([
        (
            // RFC 5524 section 4 has () for no parameters.
            "/a (BODYPARTSTRUCTURE (\"IMAGE\" \"PNG\" () NIL NIL \"7BIT\" 0)) (BINARY \"x\")",
            all(),
            Leniency::EMPTY_LIST,
        ),
        (
            "/a (BODYPARTSTRUCTURE (\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 0) BINARY \"x\")",
            all(),
            Leniency::JOINED_URL_METADATA,
        ),
    ]);
    assert!(UrlFetchData::new(Vec::new()).is_err() && UrlBody::new("a\0").is_err());
    assert!(UrlMetadata::new(Vec::new()).is_err());
    assert!(UrlMetadata::new(alloc::vec![binary("a"), binary("b")]).is_err());
}

#[test]
fn what_was_fetched() {
    let wire = b"/a (BINARY NIL) (BODY \"x\") /b NIL";
    let data = exact::<UrlFetchData<'_>>(wire, Dialect::STRICT).unwrap();
    let [first, second] = &data.urls().collect::<Vec<_>>()[..] else { panic!("{data:?}") };
    assert_eq!((&first.url, &second.url), (&text("/a"), &text("/b")));
    let UrlContent::Metadata(metadata) = &first.content else { panic!("{first:?}") };
    let [UrlMetadataItem::Binary(binary), UrlMetadataItem::Body(body)] =
        &metadata.items().collect::<Vec<_>>()[..]
    else {
        panic!("{metadata:?}")
    };
    assert_eq!((binary, body.as_bytes()), (&NString8::NIL, Some(&b"x"[..])));
    let UrlContent::Body(nil) = &second.content else { panic!("{second:?}") };
    assert_eq!(nil.as_bytes(), None);
}

/// What is read is kept as text, and what is made as it was given: nobody sees a difference.
#[test]
fn what_is_read_is_what_is_made() {
    let wire: &[u8] = b"/a (BODY \"x\") (BINARY ~{2}\r\n\0y) (BODYPARTSTRUCTURE (\"A\" \"B\" NIL NIL NIL \"7BIT\" 0)) /b NIL";
    let joined: &[u8] = b"\"/a\" (BODY \"x\" BINARY ~{2}\r\n\0y BODYPARTSTRUCTURE (\"A\" \"B\" () NIL NIL \"7BIT\" 0))  /b NIL";
    let read = exact::<UrlFetchData<'_>>(wire, Dialect::STRICT).unwrap();
    let anew = exact::<UrlFetchData<'_>>(joined, Dialect::TOLERANT).unwrap();
    // From either, so that what was read stands in what was given.
    let given = [&read, &anew].map(|data| UrlFetchData::new(data.urls().collect()).unwrap());
    let made = given.clone().map(|data| {
        let whole = |mut fetched: UrlFetched<'_>| {
            if let UrlContent::Metadata(metadata) = &fetched.content {
                let items = metadata.items().map(UrlMetadataItem::into_owned).collect();
                fetched.content = UrlContent::Metadata(UrlMetadata::new(items).unwrap());
            }
            fetched.into_owned()
        };
        UrlFetchData::new(data.urls().map(whole).collect()).unwrap()
    });
    let owned = [read.clone().into_owned(), anew.clone().into_owned(), given[1].clone().into_owned()];
    let all: Vec<UrlFetchData<'_>> =
        [read.clone(), anew.clone()].into_iter().chain(given).chain(made).chain(owned).collect();
    check_alike(&all);
    let items = |data: &UrlFetchData<'_>| format!("{:?}", data.urls().collect::<Vec<_>>());
    assert!(
        all.iter().all(|data| items(data) == items(&all[0]) && format!("{data:?}").contains(&items(data)))
    );
    let one = UrlFetchData::new(all[0].urls().take(1).collect()).unwrap();
    assert!(all.iter().all(|data| *data != one && encoded_bytes(data) == wire));
}

/// A walk borrows what is fetched, be it from what was read or from what was made.
#[test]
fn what_was_fetched_is_borrowed() {
    let first = |data: &UrlFetchData<'_>| match data.urls().next().map(|fetched| fetched.content) {
        Some(UrlContent::Body(body)) => body.as_bytes().unwrap().as_ptr(),
        Some(UrlContent::Metadata(metadata)) => match metadata.items().next() {
            Some(UrlMetadataItem::Binary(octets)) => octets.as_bytes().unwrap().as_ptr(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let wire = b"/a \"text\"";
    let read = exact::<UrlFetchData<'_>>(wire, Dialect::STRICT).unwrap();
    assert_eq!(first(&read), wire[4..].as_ptr());
    let octets = bytes::Bytes::from(alloc::vec![b'x'; 5_000]);
    let items = alloc::vec![UrlMetadataItem::Binary(NString8::new(octets.clone()))];
    for content in [
        UrlContent::Body(UrlBody::new(octets.clone()).unwrap()),
        UrlContent::Metadata(UrlMetadata::new(items).unwrap()),
    ] {
        let made = UrlFetchData::new(alloc::vec![UrlFetched { url: text("/a"), content }]).unwrap();
        assert_eq!([first(&made), first(&made.clone().into_owned())], [octets.as_ptr(); 2]);
    }
}

#[test]
fn sec_67_no_token_is_shown() {
    let (fetch, fetched) = (format!("({FULL} BINARY)"), format!("{FULL} NIL"));
    let fetch = exact::<List<'_, UrlFetch<'_>, Bare>>(fetch.as_bytes(), Dialect::STRICT).unwrap();
    let fetched = exact::<UrlFetchData<'_>>(fetched.as_bytes(), Dialect::STRICT).unwrap();
    for shown in [format!("{fetch:?}"), format!("{fetched:?}")] {
        assert!(shown.contains("imap://joe@example.com") && !shown.contains("91354a"), "{shown}");
    }
}

#[test]
fn what_is_fetched_is_not_copied() {
    let octets = bytes::Bytes::from(alloc::vec![b'x'; 5_000]);
    let content = UrlContent::Body(UrlBody::new(octets.clone()).unwrap());
    let data = UrlFetchData::new(alloc::vec![UrlFetched { url: text("/a"), content }]).unwrap();
    let fragments = crate::writer::fragments(crate::EncodeOptions::default(), false, |out| data.encode(out));
    let [crate::Fragment::Send(head), crate::Fragment::Send(body)] = &fragments[..] else {
        panic!("{fragments:?}")
    };
    assert_eq!((&head[..], body.as_ptr()), (&b"/a {5000}\r\n"[..], octets.as_ptr()));
    assert_eq!(encoded(&data).len(), 5_011);
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(
        url in any_url(),
        octets: Vec<u8>,
        param in "[A-Za-z]{1,8}",
        no_url in "[ -~\r\n]{0,12}",
        structure in any_body_structure(),
    ) {
        let known = UrlFetchParam::Binary;
        let params = match OtherUrlFetchParam::new(param) {
            Ok(other) => [known, UrlFetchParam::Other(other)].into(),
            Err(_) => [known].into(),
        };
        let url = UrlText::from(url);
        round_trip(&UrlFetch { url: url.clone(), params });
        let mut items = alloc::vec![UrlMetadataItem::Binary(NString8::new(octets.clone()))];
        if let Ok(body) = UrlBody::new(octets) {
            items.push(UrlMetadataItem::Body(body));
        }
        items.push(UrlMetadataItem::BodyPartStructure(structure));
        let content = UrlContent::Metadata(UrlMetadata::new(items).unwrap());
        let nil = UrlFetched { url: UrlText::new(no_url).unwrap(), content: UrlContent::Body(UrlBody::NIL) };
        let urls = alloc::vec![UrlFetched { url, content }, nil];
        let data = UrlFetchData::new(urls.clone()).unwrap();
        prop_assert_eq!(data.urls().collect::<Vec<_>>(), urls);
        round_trip(&data);
        let wire = encoded_bytes(&data);
        let utf8 = |dialect: Dialect| exact::<UrlFetchData<'_>>(&wire, dialect.with_utf8(true)).unwrap();
        // A structure shows how it was written.
        prop_assert_eq!(&utf8(Dialect::STRICT), &utf8(Dialect::TOLERANT));
        prop_assert_eq!(utf8(Dialect::TOLERANT).into_owned(), data.into_owned());
    }
}
