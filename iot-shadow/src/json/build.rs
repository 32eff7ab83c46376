//! Writes canonical JSON and its index side by side.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Json, JsonRef, Members, Node};

/// A value on the way. Members must come in the order of their keys.
#[derive(Debug)]
pub(crate) struct Builder {
    pub(super) text: String,
    pub(super) nodes: Vec<Node>,
}

/// What is copied in less time than an allocation takes.
const SMALL_BYTES: usize = 1_024;

/// An object that is not closed yet.
#[derive(Debug)]
pub(crate) struct Open {
    /// Where the comma before it would stand, or the key, if there is no comma.
    before: usize,
    /// Where its text begins.
    text: usize,
    node: usize,
}

impl Builder {
    pub(crate) fn with_capacity(text: usize, nodes: usize) -> Self {
        Self {
            text: String::with_capacity(text),
            nodes: Vec::with_capacity(nodes),
        }
    }

    /// Opens an object; `key` is JSON text with its quotes, empty for a value that is no member.
    pub(crate) fn begin(&mut self, key: &str) -> Open {
        let before = self.text.len();
        self.key(key);
        let open = Open {
            before,
            text: self.text.len(),
            node: self.nodes.len(),
        };
        self.text.push('{');
        self.nodes.push(Node::object(key.len(), 0, 0));
        open
    }

    /// Closes it.
    pub(crate) fn end(&mut self, open: &Open) {
        self.text.push('}');
        let (value, nodes) = (self.text.len() - open.text, self.nodes.len() - open.node);
        if let Some(node) = self.nodes.get_mut(open.node) {
            *node = Node::object(node.key(), value, nodes);
        }
    }

    /// Whether nothing stands in the object so far.
    pub(crate) fn is_empty(&self, open: &Open) -> bool {
        self.text.len() == open.text + 1
    }

    /// Whether the object that was closed last is that one, and empty.
    pub(crate) fn is_closed_empty(&self, open: &Open) -> bool {
        self.text.len() == open.text + 2
    }

    /// Takes back an object and all in it, its key too.
    pub(crate) fn discard(&mut self, open: &Open) {
        self.text.truncate(open.before);
        self.nodes.truncate(open.node);
    }

    /// Appends a member or, without a key, the only value.
    pub(crate) fn push(&mut self, key: &str, value: JsonRef<'_>) {
        self.key(key);
        self.text.push_str(value.text);
        let at = self.nodes.len();
        self.nodes.extend_from_slice(value.nodes);
        if let Some(node) = self.nodes.get_mut(at) {
            node.set_key(key.len());
        }
    }

    /// Appends the members from `from` up to `to`, which is a later state of the same iterator.
    pub(crate) fn push_members(&mut self, from: Members<'_>, to: Members<'_>) {
        if let Some((text, nodes)) = from.until(to) {
            self.comma();
            self.text.push_str(text);
            self.nodes.extend_from_slice(nodes);
        }
    }

    /// Appends a leaf of that text.
    pub(crate) fn push_leaf(&mut self, key: &str, text: &str, stamp: u32) {
        self.key(key);
        self.text.push_str(text);
        self.nodes.push(Node::leaf(key.len(), text.len(), stamp));
    }

    /// A view of what was built.
    pub(crate) fn as_ref(&self) -> JsonRef<'_> {
        JsonRef {
            text: &self.text,
            nodes: &self.nodes,
        }
    }

    /// Holds no more memory than it takes. What is small is copied, since an allocator that has to
    /// cut a piece off takes longer than one that gives out the same sizes again and again.
    pub(crate) fn finish(self) -> Json {
        if self.text.capacity() > SMALL_BYTES {
            return self.finish_in_place();
        }
        Json {
            text: self.text.as_str().into(),
            nodes: self.nodes.as_slice().into(),
        }
    }

    /// The same for what mostly fills its memory already.
    pub(super) fn finish_in_place(self) -> Json {
        Json {
            text: self.text.into_boxed_str(),
            nodes: self.nodes.into_boxed_slice(),
        }
    }

    fn key(&mut self, key: &str) {
        if !key.is_empty() {
            self.comma();
            self.text.push_str(key);
            self.text.push(':');
        }
    }

    /// A value never ends with an opening brace, so that one means: no member stands here yet.
    fn comma(&mut self) {
        if self.text.as_bytes().last() != Some(&b'{') {
            self.text.push(',');
        }
    }
}
