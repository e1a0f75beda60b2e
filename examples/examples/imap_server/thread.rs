//! How messages make threads ([RFC 5256 section 3](https://www.rfc-editor.org/rfc/rfc5256#section-3)).

use std::collections::HashMap;

use imap_proto::ext::thread::{ThreadEvent, Threads};

use crate::sort::Sorted;

/// How far up it is looked whether a message is its own ancestor; no thread becomes deeper by one link.
const MOST_ABOVE: usize = 1_000;
/// How deep threads are told in one another; what is deeper is told as one line.
const MOST_DEPTH: usize = 900;

/// A message, or the place of one that is not there.
#[derive(Default)]
struct Node {
    /// Which of the messages it is.
    message: Option<usize>,
    parent: Option<usize>,
    children: Vec<usize>,
}

/// The nodes, and the messages that they are of.
struct Forest<'m> {
    messages: &'m [Sorted],
    nodes: Vec<Node>,
}

/// What is told of a node.
enum Step {
    Node(usize),
    Open,
    Close,
}

/// ORDEREDSUBJECT: by subject, then by date; all others follow the first one.
pub fn ordered_subject(messages: &[Sorted], id: impl Fn(&Sorted) -> u32) -> Vec<ThreadEvent> {
    let mut forest = Forest { messages, nodes: Vec::new() };
    let mut order: Vec<usize> = (0..messages.len()).collect();
    order.sort_by_key(|at| messages.get(*at).map(|message| (&message.subject, message.sent)));
    let (mut roots, mut last) = (Vec::<usize>::new(), None);
    for at in order {
        let subject = messages.get(at).map(|message| &message.subject);
        let node = forest.add(Some(at));
        match roots.last() {
            Some(root) if last == subject => forest.adopt(*root, node),
            _ => roots.push(node),
        }
        last = subject;
    }
    forest.by_date(&mut roots);
    forest.events(&roots, id)
}

/// REFERENCES: by the messages that each one names, then by subject.
pub fn references(messages: &[Sorted], id: impl Fn(&Sorted) -> u32) -> Vec<ThreadEvent> {
    let mut forest = Forest { messages, nodes: Vec::new() };
    forest.link();
    let mut roots = forest.pruned();
    forest.by_date(&mut roots);
    let mut roots = forest.merged(roots);
    forest.by_date(&mut roots);
    for node in 0..forest.nodes.len() {
        let mut children =
            forest.nodes.get_mut(node).map(|node| std::mem::take(&mut node.children)).unwrap_or_default();
        forest.by_date(&mut children);
        if let Some(node) = forest.nodes.get_mut(node) {
            node.children = children;
        }
    }
    forest.events(&roots, id)
}

impl Forest<'_> {
    fn add(&mut self, message: Option<usize>) -> usize {
        self.nodes.push(Node { message, ..Node::default() });
        self.nodes.len().saturating_sub(1)
    }

    fn message(&self, node: usize) -> Option<&Sorted> {
        self.messages.get(self.nodes.get(node)?.message?)
    }

    fn children(&self, node: usize) -> &[usize] {
        self.nodes.get(node).map(|node| &*node.children).unwrap_or_default()
    }

    fn parent(&self, node: usize) -> Option<usize> {
        self.nodes.get(node)?.parent
    }

    fn adopt(&mut self, parent: usize, child: usize) {
        if let Some(old) = self.parent(child).and_then(|old| self.nodes.get_mut(old)) {
            old.children.retain(|one| *one != child);
        }
        self.set_parent(child, Some(parent));
        if let Some(node) = self.nodes.get_mut(parent) {
            node.children.push(child);
        }
    }

    fn set_parent(&mut self, node: usize, parent: Option<usize>) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.parent = parent;
        }
    }

    /// Whether `child` can be below `parent`: it is not above it.
    fn may_adopt(&self, parent: usize, child: usize) -> bool {
        let mut above = Some(parent);
        for _ in 0..MOST_ABOVE {
            match above {
                None => return true,
                Some(node) if node == child => return false,
                Some(node) => above = self.parent(node),
            }
        }
        false
    }

    /// Step 1: messages below those that they name.
    fn link(&mut self) {
        let mut by_id: HashMap<&str, usize> = HashMap::new();
        let messages = self.messages;
        for (at, message) in messages.iter().enumerate() {
            let known =
                message.message_id.as_deref().map(|id| *by_id.entry(id).or_insert_with(|| self.add(None)));
            // A second one of the same id is one of its own.
            let node = match known {
                Some(node) if self.message(node).is_none() => node,
                _ => self.add(None),
            };
            if let Some(node) = self.nodes.get_mut(node) {
                node.message = Some(at);
            }
            let mut above = None;
            for id in &message.references {
                let named = *by_id.entry(id).or_insert_with(|| self.add(None));
                if let Some(parent) = above
                    && self.parent(named).is_none()
                    && self.may_adopt(parent, named)
                {
                    self.adopt(parent, named);
                }
                above = Some(named);
            }
            if let Some(parent) = above
                && self.parent(node) != Some(parent)
                && self.may_adopt(parent, node)
            {
                self.adopt(parent, node);
            }
        }
    }

    /// Steps 2 and 3: those without a parent, after what stands for nothing was taken out.
    fn pruned(&mut self) -> Vec<usize> {
        let roots: Vec<usize> = (0..self.nodes.len()).filter(|node| self.parent(*node).is_none()).collect();
        let (mut order, mut open) = (Vec::new(), roots.clone());
        while let Some(node) = open.pop() {
            order.push(node);
            open.extend_from_slice(self.children(node));
        }
        // Those below come first.
        for node in order.into_iter().rev() {
            let mut children = Vec::new();
            for child in self.children(node) {
                match self.message(*child) {
                    Some(_) => children.push(*child),
                    None => children.extend_from_slice(self.children(*child)),
                }
            }
            self.by_date(&mut children);
            for child in &children {
                self.set_parent(*child, Some(node));
            }
            if let Some(node) = self.nodes.get_mut(node) {
                node.children = children;
            }
        }
        let kept = roots.into_iter().flat_map(|root| match (self.message(root), self.children(root)) {
            (None, []) => None,
            (None, [child]) => Some(*child),
            _ => Some(root),
        });
        let kept: Vec<_> = kept.collect();
        for root in &kept {
            self.set_parent(*root, None);
        }
        kept
    }

    /// The message of a node, or the first one below it.
    fn first(&self, node: usize) -> Option<&Sorted> {
        self.message(node).or_else(|| self.message(*self.children(node).first()?))
    }

    fn by_date(&self, nodes: &mut [usize]) {
        nodes.sort_by_cached_key(|node| self.first(*node).map(|first| (first.sent, first.candidate.number)));
    }

    /// Step 5: threads of the same subject are one.
    fn merged(&mut self, roots: Vec<usize>) -> Vec<usize> {
        let subject =
            |forest: &Self, node| forest.first(node).map(|first| first.subject.clone()).unwrap_or_default();
        let is_reply = |forest: &Self, node| forest.first(node).is_some_and(|first| first.is_reply);
        let mut table: HashMap<String, usize> = HashMap::new();
        for root in &roots {
            let held = table.entry(subject(self, *root)).or_insert(*root);
            let is_dummy = self.message(*root).is_none();
            if self.message(*held).is_some()
                && (is_dummy || (is_reply(self, *held) && !is_reply(self, *root)))
            {
                *held = *root;
            }
        }
        table.remove("");
        let mut kept = Vec::new();
        for root in roots {
            let name = subject(self, root);
            let Some(&held) = table.get(&name).filter(|held| **held != root) else {
                kept.push(root);
                continue;
            };
            match (self.message(held).is_some(), self.message(root).is_some()) {
                (false, false) => {
                    for child in self.children(root).to_vec() {
                        self.adopt(held, child);
                    }
                }
                (false, true) => self.adopt(held, root),
                (true, _) if is_reply(self, root) && !is_reply(self, held) => self.adopt(held, root),
                (true, _) => {
                    let dummy = self.add(None);
                    for child in [held, root] {
                        self.adopt(dummy, child);
                    }
                    kept.push(dummy);
                    table.insert(name, dummy);
                }
            }
        }
        kept.retain(|root| self.parent(*root).is_none());
        kept
    }

    fn events(&self, roots: &[usize], id: impl Fn(&Sorted) -> u32) -> Vec<ThreadEvent> {
        let (mut events, mut steps, mut depth) = (Vec::new(), Vec::new(), 0usize);
        for root in roots.iter().rev() {
            steps.extend([Step::Close, Step::Node(*root), Step::Open]);
        }
        while let Some(step) = steps.pop() {
            match step {
                Step::Open => {
                    depth = depth.saturating_add(1);
                    events.push(ThreadEvent::Open);
                }
                Step::Close => {
                    depth = depth.saturating_sub(1);
                    events.push(ThreadEvent::Close);
                }
                Step::Node(node) => {
                    events.extend(self.message(node).map(|message| ThreadEvent::Id(id(message))));
                    let children = self.children(node);
                    for child in children.iter().rev() {
                        match children.len() > 1 && depth < MOST_DEPTH {
                            true => steps.extend([Step::Close, Step::Node(*child), Step::Open]),
                            false => steps.push(Step::Node(*child)),
                        }
                    }
                }
            }
        }
        events
    }
}

/// The deepest that is told is less than what can be.
const _: () = assert!(MOST_DEPTH < Threads::MAX_DEPTH);
