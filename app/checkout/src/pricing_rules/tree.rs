//! Trees of ERPNext: a rule for a node holds for all below it (`_get_tree_conditions`).

use std::collections::BTreeMap;

/// Whether a place lies under a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lies {
    /// At it or below it.
    Under,
    /// Elsewhere.
    Elsewhere,
    /// The tree was not downloaded as far as needed.
    Unknown,
}

/// The names from a node up to the root, itself first. A node that was not downloaded ends it.
pub(super) fn upwards<T>(
    name: &str,
    nodes: &BTreeMap<String, T>,
    parent: impl Fn(&T) -> Option<String>,
) -> impl Iterator<Item = String> {
    let above = move |name: &String| nodes.get(name).and_then(&parent);
    // A tree deeper than this is a circle.
    std::iter::successors(Some(name.to_owned()), above).take(64)
}

/// Whether a node lies under another; everything lies under the root.
pub(super) fn lies_under<T>(
    name: &str,
    wanted: &str,
    nodes: &BTreeMap<String, T>,
    parent: impl Fn(&T) -> Option<String> + Copy,
) -> Lies {
    let is_root = |node: &T| parent(node).is_none();
    if nodes.get(wanted).is_some_and(is_root) {
        return Lies::Under;
    }
    let mut last = None;
    for above in upwards(name, nodes, parent) {
        if above == wanted {
            return Lies::Under;
        }
        last = nodes.get(&above);
    }
    // Only a walk that ended at a root saw all there is.
    if last.is_some_and(is_root) {
        Lies::Elsewhere
    } else {
        Lies::Unknown
    }
}
