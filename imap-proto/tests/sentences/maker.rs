//! Sentences made up at random.

use super::{Grammar, Made, Mark, Node, Spelling};

/// Splitmix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn between(&mut self, low: u64, high: u64) -> u64 {
        match high.wrapping_sub(low).wrapping_add(1) {
            0 => self.next(),
            size => low + self.next() % size,
        }
    }
}

/// What was made up, and what it takes to read it.
#[derive(Default)]
pub struct Sentence {
    pub octets: Vec<u8>,
    /// Something in it is known to no RFC.
    pub other: bool,
    pub rev2: bool,
    pub utf8: bool,
    /// A client says it: literals need not be waited for.
    pub client: bool,
}

/// Makes one sentence up.
pub struct Maker<'m> {
    pub grammar: &'m Grammar,
    pub random: &'m mut Random,
    /// About how many there may be.
    pub octets: usize,
    /// The alternatives chosen so far.
    pub used: &'m mut Vec<usize>,
}

impl Maker<'_> {
    pub fn rule(&mut self, rule: usize, depth: usize, out: &mut Sentence) {
        let grammar = self.grammar;
        self.choice(&grammar.rules[rule], depth.saturating_sub(1), out);
    }

    fn choice(&mut self, alternatives: &[usize], depth: usize, out: &mut Sentence) {
        let at = self.choose(alternatives, depth, out.octets.len());
        self.used.push(at);
        let grammar = self.grammar;
        self.node(&grammar.alternatives[at].node, depth, out);
    }

    /// When there is no more room the alternative that ends soonest; else rather one that was not used yet, or leads to
    /// one, or was not used as often as others.
    fn choose(&mut self, alternatives: &[usize], depth: usize, length: usize) -> usize {
        let all = &self.grammar.alternatives;
        let least = alternatives.iter().map(|&at| all[at].depth).min().unwrap_or_default();
        let most = if length >= self.octets { least } else { least.max(depth) };
        let open: Vec<_> = alternatives.iter().copied().filter(|&at| all[at].depth <= most).collect();
        let used = |at: usize| all[at].used + self.used.iter().filter(|&&used| used == at).count() as u32;
        let unused: Vec<_> = open.iter().copied().filter(|&at| used(at) == 0).collect();
        if !unused.is_empty() {
            return unused[self.random.below(unused.len())];
        }
        let leading: Vec<_> =
            open.iter().copied().filter(|&at| all[at].reach.meets(&self.grammar.unused)).collect();
        if !leading.is_empty() && !self.random.one_in(4) {
            return leading[self.random.below(leading.len())];
        }
        let [one, other] = [(); 2].map(|()| open[self.random.below(open.len())]);
        if used(one) <= used(other) { one } else { other }
    }

    fn node(&mut self, node: &Node, depth: usize, out: &mut Sentence) {
        match node {
            Node::Rule(rule) => self.rule(*rule, depth, out),
            Node::Choice(alternatives) => self.choice(alternatives, depth, out),
            Node::Sequence(nodes) => nodes.iter().for_each(|node| self.node(node, depth, out)),
            Node::Repeat(least, most, node) => self.repeat(*least, *most, node, depth, out),
            Node::Text(text) => {
                let case = self.random.below(4);
                out.octets.extend(text.iter().map(|octet| match case {
                    0 => octet.to_ascii_lowercase(),
                    1 if self.random.one_in(2) => octet.to_ascii_lowercase(),
                    1 => octet.to_ascii_uppercase(),
                    _ => *octet,
                }));
            }
            Node::Octets(octets) => out.octets.extend(octets),
            Node::Range(low, high) => {
                out.octets.push(self.random.between((*low).into(), (*high).into()) as u8);
            }
            Node::Spelled(spelling, node) => {
                let mut inner = Sentence { client: out.client, ..Sentence::default() };
                self.node(node, depth, &mut inner);
                out.other |= inner.other;
                out.utf8 |= inner.utf8;
                self.spell(*spelling, &inner.octets, out);
            }
            Node::Number(low, high) => {
                let number = match self.random.below(5) {
                    0 => *low,
                    1 => *high,
                    2 => self.random.between(*low, *high),
                    _ => self.random.between(*low, (*high).min(low.saturating_add(99))),
                };
                // Only what may be 0 has digits of any kind.
                let zeros = if *low == 0 && self.random.one_in(30) { "00" } else { "" };
                out.octets.extend(format!("{zeros}{number}").as_bytes());
            }
            Node::Mark(Mark::Other) => out.other = true,
            Node::Mark(Mark::Rev2) => out.rev2 = true,
            Node::Mark(Mark::Utf8) => out.utf8 = true,
            Node::Made(made) => {
                let text = self.made(*made);
                out.octets.extend(text.as_bytes());
            }
        }
    }

    fn repeat(&mut self, least: usize, most: usize, node: &Node, depth: usize, out: &mut Sentence) {
        let mut times = 0;
        loop {
            let goes_on = match times {
                _ if times < least => true,
                _ if times >= most || out.octets.len() >= self.octets => false,
                _ if self.grammar.depth(node) > depth => false,
                0 if self.grammar.leads_to_unused(node) => true,
                // Short ranges are meant to be used.
                _ if most < 20 => !self.random.one_in(most - least + 1),
                _ => !self.random.one_in(3),
            };
            if !goes_on {
                return;
            }
            self.node(node, depth, out);
            times += 1;
        }
    }

    fn spell(&mut self, spelling: Spelling, octets: &[u8], out: &mut Sentence) {
        let class = |more: &'static [u8]| {
            let special = b"(){ %*\"\\]";
            move |octet: &u8| octet.is_ascii_graphic() && !special.contains(octet) || more.contains(octet)
        };
        let more: Option<&[u8]> = match spelling {
            Spelling::Atom => Some(b"]"),
            Spelling::List => Some(b"]%*"),
            _ => None,
        };
        if let Some(more) = more
            && !octets.is_empty()
            && octets.iter().all(class(more))
            && !self.random.one_in(3)
        {
            out.octets.extend(octets);
            return;
        }
        let quotable =
            std::str::from_utf8(octets).is_ok() && !octets.iter().any(|octet| b"\0\r\n".contains(octet));
        let literal = match spelling {
            Spelling::Quoted => false,
            Spelling::Literal | Spelling::Literal8 => true,
            _ => !quotable || self.random.one_in(4),
        };
        if literal {
            let tilde = if spelling == Spelling::Literal8 { "~" } else { "" };
            let plus = if out.client && self.random.one_in(2) { "+" } else { "" };
            out.octets.extend(format!("{tilde}{{{}{plus}}}\r\n", octets.len()).as_bytes());
            out.octets.extend(octets);
            return;
        }
        assert!(quotable, "{} cannot be quoted", octets.escape_ascii());
        out.utf8 |= !octets.is_ascii();
        out.octets.push(b'"');
        for octet in octets {
            if b"\"\\".contains(octet) {
                out.octets.push(b'\\');
            }
            out.octets.push(*octet);
        }
        out.octets.push(b'"');
    }

    fn made(&mut self, made: Made) -> String {
        let random = &mut *self.random;
        let year = random.between(0, 9999);
        let month = random.below(12);
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            1 if leap => 29,
            1 => 28,
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
        let day = random.between(1, days);
        let name =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month];
        let name = if random.one_in(4) { name.to_uppercase() } else { name.to_owned() };
        let time = format!("{:02}:{:02}:{:02}", random.below(24), random.below(60), random.below(60));
        let sign = if random.one_in(2) { '+' } else { '-' };
        let (hours, minutes) = (random.below(15), random.below(60));
        match made {
            Made::Base64 => {
                let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
                let mut text: String =
                    (0..4 * random.below(4)).map(|_| alphabet[random.below(64)] as char).collect();
                // The bits that no octet has are 0.
                match random.below(3) {
                    0 => text.push_str("Zm8="),
                    1 => text.push_str("/w=="),
                    _ => text.push_str("Zm9v"),
                }
                text
            }
            Made::Date if random.one_in(2) => format!("{day:02}-{name}-{year:04}"),
            Made::Date => format!("{day}-{name}-{year:04}"),
            Made::DateTime if random.one_in(2) && day < 10 => {
                format!(" {day}-{name}-{year:04} {time} {sign}{hours:02}{minutes:02}")
            }
            Made::DateTime => format!("{day:02}-{name}-{year:04} {time} {sign}{hours:02}{minutes:02}"),
            Made::Rfc3339 => {
                let month = month + 1;
                match random.one_in(2) {
                    true => format!("{year:04}-{month:02}-{day:02}T{time}Z"),
                    false => format!("{year:04}-{month:02}-{day:02}T{time}.5{sign}{hours:02}:{minutes:02}"),
                }
            }
        }
    }
}
