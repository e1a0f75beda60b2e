//! Structures as servers write them.

use alloc::vec::Vec;

use super::*;
use crate::testing::check_tolerated;

#[test]
fn structures_of_servers() {
    let plain = |octets, lines| {
        text("plain", octets, lines, |part| {
            part.media.media_type = s("text");
            part.fields.encoding = s("7bit");
        })
    };
    let unlined = |octets| with(plain(octets, 0), |part| part.content = Content::Text(None));
    let octets = |part| with(part, |part: &mut Part<'_>| part.fields.octets = 787);
    let childless = |subtype: &'static str, boundary: &'static str| Multipart {
        parts: Bodies::NONE,
        subtype: s(subtype),
        parameters: parameters([("BOUNDARY", boundary)]),
        extension: ExtensionData::default(),
    };
    check_tolerated([
        (
            "(\"text\" \"plain\" NIL NIL NIL \"7bit\" -1 0)",
            BodyStructure::from(plain(0, 0)),
            Leniency::NEGATIVE_NUMBER,
        ),
        ("(\"text\" \"plain\" NIL NIL NIL \"7bit\" 10 -1)", plain(10, 0).into(), Leniency::NEGATIVE_NUMBER),
        (
            "((\"text\" \"plain\" NIL NIL NIL \"7bit\" -5 -1) \"MIXED\")",
            multipart([plain(0, 0)], "MIXED", |_| {}),
            Leniency::NEGATIVE_NUMBER,
        ),
        (
            "(\"text\" \"plain\" (\"CHARSET\" \"UTF-8\") NIL NIL NIL 1423 44 NIL NIL NIL NIL)",
            with(plain(1423, 44), |part| {
                part.fields.parameters = parameters([("CHARSET", "UTF-8")]);
                part.fields.encoding = s("7BIT");
            })
            .into(),
            Leniency::NIL_STRING,
        ),
        (
            "(\"text\" \"plain\" () NIL NIL \"7bit\" 6002 79 NIL NIL NIL NIL)",
            plain(6002, 79).into(),
            Leniency::EMPTY_LIST,
        ),
        ("(\"text\" \"plain\" NIL NIL NIL \"7bit\" 5)", unlined(5).into(), Leniency::MISSING_LINES),
        (
            "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 NIL (\"inline\" NIL) NIL NIL)",
            with(unlined(5), |part| part.extension.disposition = disposition("inline", [])).into(),
            Leniency::MISSING_LINES,
        ),
        (
            "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 \"md5\") \"MIXED\")",
            multipart([with(unlined(5), |part| part.md5 = Some(s("md5")))], "MIXED", |_| {}),
            Leniency::MISSING_LINES,
        ),
        (
            "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 787 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) () 0 NIL NIL NIL)",
            with(octets(Part::message(Envelope::default(), plain(1, 1).into(), 0).unwrap()), |part| {
                let Content::Message(message) = &mut part.content else { return };
                message.body = Bodies::NONE;
            })
            .into(),
            Leniency::LOOSE_BODY,
        ),
        (
            "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 787 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) \
             (NIL \"alternative\" (\"BOUNDARY\" \"x\") NIL NIL NIL) 17 NIL NIL NIL NIL)",
            octets(
                Part::message(
                    Envelope::default(),
                    with(childless("alternative", "x"), |multipart| {
                        multipart.extension = ExtensionData::parse(b" NIL NIL NIL", Cx::default()).unwrap().1;
                    })
                    .into(),
                    17,
                )
                .unwrap(),
            )
            .into(),
            Leniency::LOOSE_BODY,
        ),
        (
            "((\"ALTERNATIVE\" (\"BOUNDARY\" \"e7\") NIL NIL)(\"APPLICATION\" \"PDF\" NIL NIL NIL \"BASE64\" 1476806 NIL \
             (\"ATTACHMENT\" (\"FILENAME\" \"i.pdf\")) NIL) \"MIXED\" (\"BOUNDARY\" \"7b\") NIL NIL)",
            with(
                Multipart::new(
                    [
                        BodyStructure::from(with(childless("ALTERNATIVE", "e7"), |multipart| {
                            multipart.extension = ExtensionData::parse(b" NIL NIL", Cx::default()).unwrap().1;
                        })),
                        basic("APPLICATION", "PDF", 1_476_806, |part| {
                            part.extension = ExtensionData::parse(
                                b" (\"ATTACHMENT\" (\"FILENAME\" \"i.pdf\")) NIL",
                                Cx::default(),
                            )
                            .unwrap()
                            .1;
                        })
                        .into(),
                    ],
                    s("MIXED"),
                )
                .unwrap(),
                |multipart| multipart.parameters = parameters([("BOUNDARY", "7b")]),
            )
            .into(),
            Leniency::LOOSE_BODY,
        ),
        (
            "(\"RELATED\" NIL)",
            with(childless("RELATED", ""), |multipart| multipart.parameters = List::default()).into(),
            Leniency::LOOSE_BODY,
        ),
        (
            "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) (\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 1 1) \"ALTERNATIVE\")",
            multipart([text("PLAIN", 1, 1, none), text("HTML", 1, 1, none)], "ALTERNATIVE", |_| {}),
            Leniency::EXTRA_SPACE,
        ),
        (
            "( (  (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)  \"A\") \"B\"  NIL)",
            exact(b"(((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) \"A\") \"B\" NIL)", Dialect::STRICT)
                .unwrap(),
            Leniency::EXTRA_SPACE,
        ),
        (
            "( \"TEXT\"  \"PLAIN\" NIL  NIL NIL \"7BIT\"  1  1)",
            text("PLAIN", 1, 1, none).into(),
            Leniency::EXTRA_SPACE,
        ),
        (
            "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1 NIL )",
            text("PLAIN", 1, 1, none).into(),
            Leniency::TRAILING_SPACE,
        ),
        (
            "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1 ) \"MIXED\" )",
            multipart([text("PLAIN", 1, 1, none)], "MIXED", |_| {}),
            Leniency::TRAILING_SPACE,
        ),
        (
            "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 850 31 NIL \"inline\" NIL NIL)",
            with(plain(850, 31), |part| part.extension.disposition = disposition("inline", [])).into(),
            Leniency::LOOSE_DISPOSITION,
        ),
        (
            "(\"application\" \"msword\" NIL NIL NIL \"BASE64\" 50446 NIL (NIL NIL) NIL NIL)",
            basic("application", "msword", 50446, none).into(),
            Leniency::LOOSE_DISPOSITION,
        ),
        (
            "(\"application\" \"msword\" NIL NIL NIL \"BASE64\" 50446 NIL (NIL (\"FILENAME\" \"a\")))",
            basic("application", "msword", 50446, |part| {
                part.extension.disposition = disposition("", [("FILENAME", "a")]);
            })
            .into(),
            Leniency::LOOSE_DISPOSITION,
        ),
        (
            "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 356 5)( \"X-ZIP\" (\"BOUNDARY\" \"\") NIL NIL \"BASE64\" 4096) \
             \"MIXED\" (\"BOUNDARY\" \"--c\") NIL NIL)",
            multipart(
                [
                    text("PLAIN", 356, 5, none),
                    basic("APPLICATION", "X-ZIP", 4096, |part| {
                        part.fields.parameters = parameters([("BOUNDARY", "")]);
                    }),
                ],
                "MIXED",
                |multipart| multipart.parameters = parameters([("BOUNDARY", "--c")]),
            ),
            Leniency::LOOSE_BODY,
        ),
        (
            "(NIL NIL NIL NIL NIL \"BASE64\" 7)",
            basic("APPLICATION", "OCTET-STREAM", 7, none).into(),
            Leniency::LOOSE_BODY,
        ),
        (
            "(\"TEXT\" \"HTML\"\" NIL NIL NIL \"7BIT\" 74 2)",
            text("HTML\"", 74, 2, none).into(),
            Leniency::UNESCAPED_QUOTE,
        ),
        (
            "(\"application\" \"octet-stream\" (\"name\" \"2154973550.pdf\") NIL \"\"\"\" \"BASE64\" 65322)",
            basic("application", "octet-stream", 65322, |part| {
                part.fields.parameters = parameters([("name", "2154973550.pdf")]);
                part.fields.description = Some(s("\""));
            })
            .into(),
            Leniency::UNESCAPED_QUOTE,
        ),
    ]);
    let name = b"((\"application\" \"pdf\" (\"name\" \"\xfe\xfd.pdf\") NIL NIL \"base64\" 1) \"MIXED\")";
    assert!(exact::<BodyStructure<'_>>(name, Dialect::STRICT).is_err());
    let dialect = Dialect::STRICT.with_leniency(Leniency::RAW_8BIT);
    let read = exact::<BodyStructure<'_>>(name, dialect).unwrap();
    let name = read.find("1").unwrap().filename().map(IString::into_owned);
    assert_eq!(name, Some(IString::new(b"\xfe\xfd.pdf").unwrap()));
    // What the type is missing from is not what has no parts, and neither is text.
    for wire in
        ["( \"A\" \"B\")", "(NIL \"A\" \"B\")", "(NIL)", "( )", "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" x)"]
    {
        assert!(exact::<BodyStructure<'_>>(wire.as_bytes(), Dialect::TOLERANT).is_err(), "{wire}");
    }
}

#[test]
fn what_was_put_right_can_be_read_again() {
    for wire in [
        "((\"ALTERNATIVE\" (\"BOUNDARY\" \"e7\") NIL NIL)(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 787 \
         (NIL NIL NIL NIL NIL NIL NIL) NIL) \"MIXED\")",
        "(((NIL \"A\")(\"TEXT\" \"B\" NIL NIL NIL NIL -5) \"C\" () \"inline\" () NIL (())) \"D\")",
    ] {
        let read = exact::<BodyStructure<'_>>(wire.as_bytes(), Dialect::TOLERANT).unwrap();
        let again = encoded(&read);
        let parts: Vec<_> = read.parts().collect();
        assert!(parts.len() > 2);
        let (rest, known) = BodyStructure::parse(again.as_bytes(), Cx::KNOWN).unwrap();
        assert_eq!((rest, &known), (&b""[..], &read));
        assert_eq!(known.parts().collect::<Vec<_>>(), parts);
        assert_eq!(exact::<BodyStructure<'_>>(again.as_bytes(), Dialect::TOLERANT).as_ref(), Ok(&read));
        let child = parts[1].structure.clone();
        assert!(Multipart::new([child], s("MIXED")).is_ok());
    }
}
