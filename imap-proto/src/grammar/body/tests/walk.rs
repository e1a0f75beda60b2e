//! What is in a structure, however deep.

use alloc::format;
use alloc::vec::Vec;

use super::*;
use crate::grammar::envelope::tests::items;

#[test]
fn sections() {
    // The example of RFC 9051 section 6.4.5.1.
    let text = || text("PLAIN", 1, 1, none);
    let octets = || basic("APPLICATION", "OCTET-STREAM", 1, none);
    let message = |body| Part::message(Envelope::default(), body, 1).unwrap();
    let mixed =
        |parts: Vec<BodyStructure<'static>>| BodyStructure::from(Multipart::new(parts, s("MIXED")).unwrap());
    let rich =
        multipart([text(), with(text(), |part| part.media.subtype = s("RICHTEXT"))], "ALTERNATIVE", |_| {});
    let structure = mixed(alloc::vec![
        text().into(),
        octets().into(),
        message(multipart([text(), octets()], "MIXED", |_| {})).into(),
        mixed(alloc::vec![
            basic("IMAGE", "GIF", 1, none).into(),
            message(mixed(alloc::vec![text().into(), rich])).into(),
        ]),
        message(text().into()).into(),
        message(message(octets().into()).into()).into(),
    ]);
    let expected = [
        ("TEXT", "MULTIPART/MIXED"),
        ("1", "TEXT/PLAIN"),
        ("2", "APPLICATION/OCTET-STREAM"),
        ("3", "MESSAGE/RFC822"),
        ("3.TEXT", "MULTIPART/MIXED"),
        ("3.1", "TEXT/PLAIN"),
        ("3.2", "APPLICATION/OCTET-STREAM"),
        ("4", "MULTIPART/MIXED"),
        ("4.1", "IMAGE/GIF"),
        ("4.2", "MESSAGE/RFC822"),
        ("4.2.TEXT", "MULTIPART/MIXED"),
        ("4.2.1", "TEXT/PLAIN"),
        ("4.2.2", "MULTIPART/ALTERNATIVE"),
        ("4.2.2.1", "TEXT/PLAIN"),
        ("4.2.2.2", "TEXT/RICHTEXT"),
        ("5", "MESSAGE/RFC822"),
        ("5.1", "TEXT/PLAIN"),
        ("6", "MESSAGE/RFC822"),
        ("6.1", "MESSAGE/RFC822"),
        ("6.1.1", "APPLICATION/OCTET-STREAM"),
    ];
    let media = |structure: &BodyStructure<'_>| {
        let (media_type, subtype) = (structure.media_type().clone(), structure.subtype().clone());
        format!("{}", MediaType { media_type, subtype })
    };
    let parts: Vec<_> = structure.parts().map(|part| (part.section(), media(&part.structure))).collect();
    let parts: Vec<_> = parts.iter().map(|(section, media)| (section.as_str(), media.as_str())).collect();
    assert_eq!(parts, expected);
    for part in structure.parts() {
        assert_eq!(structure.find(&part.section()), Some(part.structure));
    }
    assert_eq!(structure.find("4.2.text").as_ref().map(media), Some("MULTIPART/MIXED".into()));
    assert_eq!(structure.find("6.1.TEXT").as_ref().map(media), Some("APPLICATION/OCTET-STREAM".into()));
    for none in
        ["0", "7", "1.1", "1.TEXT", "4.TEXT", "TEXT.1", "5.2", "3.MIME", "+1", "1.", ".", "", "6.1.1.1"]
    {
        assert_eq!(structure.find(none), None, "{none}");
    }
    let last = structure.parts().last().unwrap();
    assert_eq!((last.number(), last.is_text()), (&[6, 1, 1][..], false));
    let single = BodyStructure::from(text());
    let sections: Vec<_> = single.parts().map(|part| part.section()).collect();
    assert_eq!(sections, ["1"]);
    assert_eq!((single.find("1"), single.find("2")), (Some(single.clone()), None));
}

#[test]
fn helpers() {
    let mut part = basic("IMAGE", "PNG", 1, |part| part.fields.parameters = parameters([("Name", "b.png")]));
    assert_eq!(part.fields.encoding(), Some(Encoding::Base64));
    part.fields.encoding = s("quoted-printable");
    assert_eq!(part.fields.encoding(), Some(Encoding::QuotedPrintable));
    part.fields.encoding = s("x");
    assert_eq!(part.fields.encoding(), None);
    let structure = BodyStructure::from(part.clone());
    assert_eq!(structure.filename(), Some(s("b.png")));
    assert!(!structure.is_attachment() && !structure.is_multipart() && structure.disposition().is_none());
    part.extension.disposition = disposition("attachment", [("FILENAME", "a.png")]);
    let structure = BodyStructure::from(part);
    assert_eq!(structure.filename(), Some(s("a.png")));
    assert!(structure.is_attachment());
    let around = multipart([Part::text(s("PLAIN"), 1)], "MIXED", |_| {});
    assert!(around.is_multipart() && around.media_type() == "MULTIPART");
    let BodyStructure::Multipart(around) = around else { panic!() };
    assert_eq!((around.parts.len(), around.parts.first().map(|part| part.is_multipart())), (1, Some(false)));
}

#[test]
fn sec_51_nesting_is_bounded_and_needs_no_stack() {
    let test = || {
        for messages in [false, true] {
            for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                let deepest =
                    nested(BodyStructure::MAX_DEPTH.into(), messages).replace("{3}\r\n7)( 9", "\"7)(\" 9");
                let wire = format!("* 1 FETCH (BODYSTRUCTURE {deepest} UID 7)\r\n");
                let items = items(wire.as_bytes(), dialect);
                let [FetchItem::BodyStructure(structure), FetchItem::Uid(7)] = &items[..] else {
                    panic!("{items:?}")
                };
                assert_eq!(structure.parts().count(), 100);
                let deepest = structure.parts().last().unwrap();
                assert_eq!(deepest.structure.media_type(), "TEXT");
                assert_eq!(structure.find(&deepest.section()), Some(deepest.structure));
                // The other spelling of its text keeps them from being equal at a glance.
                let spelt = nested(BodyStructure::MAX_DEPTH.into(), messages);
                let spelt = exact::<BodyStructure<'_>>(spelt.as_bytes(), dialect).unwrap();
                assert_eq!(&spelt, structure);
                assert!(format!("{structure:?}").len() < 2_000);
                let copy = structure.clone().without_extension().into_owned();
                assert_eq!(encoded(&copy), encoded(structure));
                drop(copy);
                assert_eq!(
                    Multipart::new([structure.clone()], s("MIXED")).unwrap_err().expected,
                    Expected::LessDepth
                );
                assert_eq!(
                    Part::message(Envelope::default(), spelt, 1).unwrap_err().expected,
                    Expected::LessDepth
                );

                let deeper = nested(101, messages);
                let wire = format!("* 1 FETCH (BODYSTRUCTURE {deeper} UID 7)\r\n");
                let items = self::items(wire.as_bytes(), dialect);
                assert!(matches!(&items[..], [FetchItem::Invalid(_), FetchItem::Uid(7)]), "{items:?}");
                let error = exact::<BodyStructure<'_>>(deeper.as_bytes(), dialect).unwrap_err();
                assert_eq!(error.expected, Expected::LessDepth);
            }
        }
        let endless = alloc::vec![b'('; 1 << 20];
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            let error = exact::<BodyStructure<'_>>(&endless, dialect).unwrap_err();
            assert_eq!((error.expected, error.offset), (Expected::LessDepth, 100));
        }
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(test).unwrap().join().unwrap();
}
