//! A reader of ABNF ([RFC 5234](https://www.rfc-editor.org/rfc/rfc5234)) whose grammars make sentences.
#![allow(unreachable_pub)]

#[path = "maker.rs"]
mod maker;

use std::collections::HashMap;

use maker::Maker;
pub use maker::{Random, Sentence};

enum Node {
    Rule(usize),
    /// One of these.
    Choice(Vec<usize>),
    Sequence(Vec<Node>),
    Repeat(usize, usize, Box<Node>),
    /// In any case.
    Text(Vec<u8>),
    Octets(Vec<u8>),
    Range(u8, u8),
    /// What the node makes, spelled in one of several ways.
    Spelled(Spelling, Box<Node>),
    Number(u64, u64),
    Mark(Mark),
    Made(Made),
}

#[derive(Clone, Copy, PartialEq)]
enum Spelling {
    Atom,
    List,
    Quoted,
    String,
    Literal,
    Literal8,
}

/// What a sentence has in it, or depends on.
#[derive(Clone, Copy)]
enum Mark {
    Other,
    Rev2,
    Utf8,
}

#[derive(Clone, Copy)]
enum Made {
    Base64,
    Date,
    DateTime,
    Rfc3339,
}

/// One alternative of a rule, of a group or of an option.
struct Alternative {
    /// The rule that it is in, and its text.
    place: String,
    node: Node,
    /// How many rules deep the shortest sentence goes.
    depth: usize,
    /// Which alternatives sentences of it can have in them.
    reach: Set,
    used: u32,
}

/// A set of alternatives.
#[derive(Clone, PartialEq)]
struct Set(Vec<u64>);

impl Set {
    fn insert(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    fn remove(&mut self, at: usize) {
        self.0[at / 64] &= !(1 << (at % 64));
    }

    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(word, other)| word & other != 0)
    }
}

pub struct Grammar {
    names: HashMap<String, usize>,
    /// The alternatives of each rule.
    rules: Vec<Vec<usize>>,
    alternatives: Vec<Alternative>,
    unused: Set,
}

const UNKNOWN_DEPTH: usize = 1_000;

impl Grammar {
    pub fn read(text: &str) -> Self {
        let mut grammar = Self {
            names: HashMap::new(),
            rules: Vec::new(),
            alternatives: Vec::new(),
            unused: Set(Vec::new()),
        };
        let mut lines: Vec<String> = Vec::new();
        for line in text.lines() {
            match line.starts_with(' ') {
                true => lines.last_mut().expect("a rule before its second line").push_str(uncommented(line)),
                false if uncommented(line).is_empty() => {}
                false => lines.push(uncommented(line).to_owned()),
            }
        }
        for line in &lines {
            let (name, definition) = line.split_once('=').unwrap_or_else(|| panic!("{line} is no rule"));
            let (name, more) = (name.trim(), definition.starts_with('/'));
            let known = grammar.names.contains_key(name) && !grammar.rules[grammar.names[name]].is_empty();
            assert_eq!(known, more, "{name} is defined twice, or not yet");
            let rule = grammar.rule(name);
            let mut reader = Reader { text: definition.trim_start_matches('/'), name, grammar: &mut grammar };
            let alternatives = reader.alternatives();
            assert_eq!(reader.text, "", "in {name}");
            grammar.rules[rule].extend(alternatives);
        }
        for (name, &rule) in &grammar.names {
            assert!(!grammar.rules[rule].is_empty(), "{name} has no definition");
        }
        grammar.measure();
        grammar
    }

    fn rule(&mut self, name: &str) -> usize {
        *self.names.entry(name.to_owned()).or_insert_with(|| {
            self.rules.push(Vec::new());
            self.rules.len() - 1
        })
    }

    /// Finds out how deep each alternative goes at least, and what can be reached from it.
    fn measure(&mut self) {
        let count = self.alternatives.len();
        let empty = Set(vec![0; count.div_ceil(64)]);
        self.unused = empty.clone();
        for at in 0..count {
            self.alternatives[at].reach = empty.clone();
            self.alternatives[at].reach.insert(at);
            self.unused.insert(at);
        }
        let mut changes = true;
        while changes {
            changes = false;
            for at in 0..count {
                let mut reach = self.alternatives[at].reach.clone();
                let depth = self.depth(&self.alternatives[at].node);
                self.reach(&self.alternatives[at].node, &mut reach);
                let alternative = &mut self.alternatives[at];
                changes |= depth != alternative.depth || reach != alternative.reach;
                (alternative.depth, alternative.reach) = (depth, reach);
            }
        }
        for alternative in &self.alternatives {
            assert!(alternative.depth < UNKNOWN_DEPTH, "{} never ends", alternative.place);
        }
    }

    fn depth(&self, node: &Node) -> usize {
        let least = |alternatives: &[usize]| {
            alternatives.iter().map(|&at| self.alternatives[at].depth).min().unwrap_or(UNKNOWN_DEPTH)
        };
        match node {
            Node::Rule(rule) => (least(&self.rules[*rule]) + 1).min(UNKNOWN_DEPTH),
            Node::Choice(alternatives) => least(alternatives),
            Node::Sequence(nodes) => nodes.iter().map(|node| self.depth(node)).max().unwrap_or(0),
            Node::Repeat(0, ..) => 0,
            Node::Repeat(_, _, node) | Node::Spelled(_, node) => self.depth(node),
            _ => 0,
        }
    }

    fn reach(&self, node: &Node, set: &mut Set) {
        match node {
            Node::Rule(rule) => {
                self.rules[*rule].iter().for_each(|&at| set.add(&self.alternatives[at].reach))
            }
            Node::Choice(alternatives) => {
                alternatives.iter().for_each(|&at| set.add(&self.alternatives[at].reach));
            }
            Node::Sequence(nodes) => nodes.iter().for_each(|node| self.reach(node, set)),
            Node::Repeat(_, _, node) | Node::Spelled(_, node) => self.reach(node, set),
            _ => {}
        }
    }

    fn leads_to_unused(&self, node: &Node) -> bool {
        match node {
            Node::Rule(rule) => self.any_unused(&self.rules[*rule]),
            Node::Choice(alternatives) => self.any_unused(alternatives),
            Node::Sequence(nodes) => nodes.iter().any(|node| self.leads_to_unused(node)),
            Node::Repeat(_, _, node) | Node::Spelled(_, node) => self.leads_to_unused(node),
            _ => false,
        }
    }

    fn any_unused(&self, alternatives: &[usize]) -> bool {
        alternatives.iter().any(|&at| self.alternatives[at].reach.meets(&self.unused))
    }

    /// How many rules and alternatives there are, and the alternatives that were in no sentence.
    pub fn usage(&self) -> (usize, usize, Vec<&str>) {
        let unused = self.alternatives.iter().filter(|alternative| alternative.used == 0);
        (self.rules.len(), self.alternatives.len(), unused.map(|unused| &*unused.place).collect())
    }

    /// Makes a sentence of `rule` up, of not much more than `octets` octets, unless its shortest one is longer.
    pub fn sentence(&mut self, rule: &str, client: bool, octets: usize, random: &mut Random) -> Sentence {
        let rule = self.names[rule];
        let mut used = Vec::new();
        let mut sentence = Sentence { client, ..Sentence::default() };
        Maker { grammar: self, random, octets, used: &mut used }.rule(rule, 40, &mut sentence);
        for at in used {
            self.alternatives[at].used += 1;
            self.unused.remove(at);
        }
        sentence
    }
}

fn uncommented(line: &str) -> &str {
    let mut quoted = false;
    let end = line.find(|c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    line[..end.unwrap_or(line.len())].trim_end()
}

/// Reads one definition.
struct Reader<'t, 'g> {
    text: &'t str,
    name: &'t str,
    grammar: &'g mut Grammar,
}

impl<'t> Reader<'t, '_> {
    fn skip_spaces(&mut self) {
        self.text = self.text.trim_start();
    }

    fn eat(&mut self, token: char) -> bool {
        self.skip_spaces();
        match self.text.strip_prefix(token) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: char) {
        assert!(self.eat(token), "{token} is missing in {} before {}", self.name, self.text);
    }

    fn take(&mut self, is_in: impl Fn(char) -> bool) -> &'t str {
        let (taken, rest) = self.text.split_at(self.text.find(|c| !is_in(c)).unwrap_or(self.text.len()));
        self.text = rest;
        taken
    }

    fn alternatives(&mut self) -> Vec<usize> {
        let mut alternatives = Vec::new();
        loop {
            self.skip_spaces();
            let start = self.text;
            let node = self.sequence();
            let text = start[..start.len() - self.text.len()].trim_end();
            alternatives.push(self.alternative(text, node));
            if !self.eat('/') {
                return alternatives;
            }
        }
    }

    fn alternative(&mut self, text: &str, node: Node) -> usize {
        self.grammar.alternatives.push(Alternative {
            place: format!("{} = … {text}", self.name),
            node,
            depth: UNKNOWN_DEPTH,
            reach: Set(Vec::new()),
            used: 0,
        });
        self.grammar.alternatives.len() - 1
    }

    fn sequence(&mut self) -> Node {
        let mut nodes = Vec::new();
        loop {
            self.skip_spaces();
            if self.text.is_empty() || self.text.starts_with(['/', ')', ']', '>']) {
                break;
            }
            nodes.push(self.repetition());
        }
        assert!(!nodes.is_empty(), "nothing in {} before {}", self.name, self.text);
        if nodes.len() == 1 { nodes.remove(0) } else { Node::Sequence(nodes) }
    }

    fn repetition(&mut self) -> Node {
        let least = self.take(|c| c.is_ascii_digit());
        if let Some(rest) = self.text.strip_prefix('*') {
            self.text = rest;
            let most = self.take(|c| c.is_ascii_digit());
            let node = self.element();
            return Node::Repeat(
                least.parse().unwrap_or(0),
                most.parse().unwrap_or(usize::MAX),
                Box::new(node),
            );
        }
        let node = self.element();
        match least.parse() {
            Ok(times) => Node::Repeat(times, times, Box::new(node)),
            Err(_) => node,
        }
    }

    fn element(&mut self) -> Node {
        if self.eat('(') {
            let mut alternatives = self.alternatives();
            self.expect(')');
            return match alternatives[..] {
                // It has no name of its own to be chosen by.
                [only] if only + 1 == self.grammar.alternatives.len() => {
                    alternatives.clear();
                    self.grammar.alternatives.pop().expect("it was just made").node
                }
                _ => Node::Choice(alternatives),
            };
        }
        if self.eat('[') {
            let mut alternatives = self.alternatives();
            self.expect(']');
            alternatives.push(self.alternative("no option", Node::Sequence(Vec::new())));
            return Node::Choice(alternatives);
        }
        if self.eat('<') {
            let node = self.described();
            self.expect('>');
            return node;
        }
        if let Some(rest) = self.text.strip_prefix("%x") {
            self.text = rest;
            return self.octets();
        }
        if self.eat('"') {
            let text = self.take(|c| c != '"').as_bytes().to_vec();
            self.expect('"');
            return Node::Text(text);
        }
        let name = self.take(is_name);
        assert!(!name.is_empty(), "in {} before {}", self.name, self.text);
        Node::Rule(self.grammar.rule(name))
    }

    fn octets(&mut self) -> Node {
        let hex = |text: &str| u8::from_str_radix(text, 16).expect("two hexadecimal digits");
        let digits = |reader: &mut Self| hex(reader.take(|c| c.is_ascii_hexdigit()));
        let first = digits(self);
        if let Some(rest) = self.text.strip_prefix('-') {
            self.text = rest;
            return Node::Range(first, digits(self));
        }
        let mut octets = vec![first];
        while let Some(rest) = self.text.strip_prefix('.') {
            self.text = rest;
            octets.push(digits(self));
        }
        Node::Octets(octets)
    }

    /// What stands between `<` and `>`.
    fn described(&mut self) -> Node {
        let spelling = match self.take(is_name) {
            "other" => return Node::Mark(Mark::Other),
            "rev2" => return Node::Mark(Mark::Rev2),
            "utf8" => return Node::Mark(Mark::Utf8),
            "base64" => return Node::Made(Made::Base64),
            "date" => return Node::Made(Made::Date),
            "datetime" => return Node::Made(Made::DateTime),
            "rfc3339" => return Node::Made(Made::Rfc3339),
            "number" => {
                let [low, high] = [(); 2].map(|()| {
                    self.skip_spaces();
                    self.take(|c| c.is_ascii_digit()).parse().expect("a number")
                });
                return Node::Number(low, high);
            }
            "atom" => Spelling::Atom,
            "list" => Spelling::List,
            "quoted" => Spelling::Quoted,
            "string" => Spelling::String,
            "literal" => Spelling::Literal,
            "literal8" => Spelling::Literal8,
            other => panic!("<{other}> in {}", self.name),
        };
        self.skip_spaces();
        Node::Spelled(spelling, Box::new(self.element()))
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}
