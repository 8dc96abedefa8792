//! The rules of a shop, arranged so that a row asks only those that can be for it: five hundred
//! rules cost a row no more than the few that name its item, its groups or its brand.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::condition::Condition;
use crate::masters::{ApplyOn, Item, ItemGroup, PricingRule};

/// Every pricing rule of a shop, found by name, by what it applies on, or one by one.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RuleBook {
    /// In the server's order: priority descending *as text* ("9" stands before "10"), then name
    /// descending.
    entries: Vec<Entry>,
    by_name: BTreeMap<String, usize>,
    /// What rules say about goods, by the kind of rule and the item code, item group or brand.
    objects: BTreeMap<Kind, BTreeMap<String, Vec<Hit>>>,
    /// The groups above each item group, itself first, that any rule names; the root is among
    /// them. Walked once here, so that no row has to.
    groups: BTreeMap<String, Vec<String>>,
    /// The roots of the tree of item groups that any rule names.
    roots: Vec<String>,
    /// Rules on the whole document, by name.
    transaction: Vec<usize>,
}

/// A rule with its condition and its priority read.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Entry {
    pub(super) rule: Arc<PricingRule>,
    pub(super) condition: Option<Condition>,
    /// As the server compares it where several rules are reached; 0 without one.
    pub(super) priority: i32,
}

/// A rule and the row of its table that names the goods.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Hit {
    /// The place of the rule in the book.
    pub(super) rule: usize,
    /// The place of the row in the rule's table.
    pub(super) object: usize,
}

/// What a look-up is by: the rule's own goods, or the other goods of `apply_rule_on_other`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    ItemCode,
    ItemGroup,
    Brand,
    OtherItemCode,
    OtherItemGroup,
    OtherBrand,
}

impl RuleBook {
    /// Arranges rules; the tree of item groups tells which of them hold for which group. Of two
    /// rules with one name the later counts.
    pub fn new(
        rules: impl IntoIterator<Item = PricingRule>,
        item_groups: &BTreeMap<String, ItemGroup>,
    ) -> Self {
        let unique: BTreeMap<String, PricingRule> = rules
            .into_iter()
            .map(|rule| (rule.name.clone(), rule))
            .collect();
        let mut entries: Vec<Entry> = unique
            .into_values()
            .map(|rule| Entry {
                condition: rule.condition.as_deref().map(Condition::parse),
                priority: rule.priority.trim().parse().unwrap_or(0),
                rule: Arc::new(rule),
            })
            .collect();
        entries.sort_by(|a, b| {
            let by_priority = b.rule.priority.cmp(&a.rule.priority);
            by_priority.then_with(|| b.rule.name.cmp(&a.rule.name))
        });
        let mut book = Self::default();
        for (place, entry) in entries.iter().enumerate() {
            book.by_name.insert(entry.rule.name.clone(), place);
            book.index(place, &entry.rule);
        }
        book.entries = entries;
        book.transaction = book
            .by_name
            .values()
            .copied()
            .filter(|place| book.applies_on(*place) == Some(ApplyOn::Transaction))
            .collect();
        book.walk(item_groups);
        book
    }

    /// The rule of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<PricingRule>> {
        let place = self.by_name.get(name)?;
        self.entries.get(*place).map(|entry| &entry.rule)
    }

    pub(super) fn entry(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place)
    }

    /// The rules on the whole document, by name.
    pub(super) fn of_transaction(&self) -> impl Iterator<Item = &Entry> {
        self.transaction
            .iter()
            .filter_map(|place| self.entries.get(*place))
    }

    /// The rules of one kind that can be for an item, in the server's order, once for each row of
    /// their table that says so. The server's query joins rule and table and does not take
    /// repetitions out, so a rule can stand here several times; `threshold` says what
    /// comes of it.
    pub(super) fn hits(&self, apply_on: ApplyOn, item: &Item, uom: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        match apply_on {
            ApplyOn::ItemCode => {
                self.named(Kind::ItemCode, &item.item_code, Some(uom), &mut hits);
                if let Some(template) = &item.variant_of {
                    // A variant falls under the rules of its template whatever their unit.
                    self.named(Kind::ItemCode, template, None, &mut hits);
                }
            }
            ApplyOn::ItemGroup => {
                for group in self.groups_above(&item.item_group) {
                    self.named(Kind::ItemGroup, group, Some(uom), &mut hits);
                }
            }
            ApplyOn::Brand => {
                if let Some(brand) = &item.brand {
                    // Nor is the unit looked at for brands.
                    self.named(Kind::Brand, brand, None, &mut hits);
                }
            }
            ApplyOn::Transaction => return hits,
        }
        let mut others = Vec::new();
        self.named(Kind::OtherItemCode, &item.item_code, None, &mut others);
        // Other goods are compared by name: the groups below other_item_group are not among them.
        self.named(Kind::OtherItemGroup, &item.item_group, None, &mut others);
        if let Some(brand) = &item.brand {
            self.named(Kind::OtherBrand, brand, None, &mut others);
        }
        // The server's query finds other goods only where both kinds are the same; with the goods
        // of another kind its own page hands the discount on. The till gives it in both cases.
        others.retain(|hit| self.applies_on(hit.rule) == Some(apply_on));
        hits.append(&mut others);
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    /// An item group and the groups above it that any rule names.
    pub(super) fn groups_above<'a>(
        &'a self,
        item_group: &'a str,
    ) -> impl Iterator<Item = &'a String> {
        // A group that was not downloaded yet still lies below the root.
        let unknown = !self.groups.contains_key(item_group);
        let own = self.objects.get(&Kind::ItemGroup);
        let own = own.and_then(|named| named.get_key_value(item_group));
        let known = self.groups.get(item_group).into_iter().flatten();
        let alone = own.map(|(name, _)| name).into_iter().chain(&self.roots);
        known.chain(alone.filter(move |_| unknown))
    }

    fn applies_on(&self, place: usize) -> Option<ApplyOn> {
        self.entries.get(place).map(|entry| entry.rule.apply_on)
    }

    fn named(&self, kind: Kind, name: &str, uom: Option<&str>, into: &mut Vec<Hit>) {
        let named = self.objects.get(&kind).and_then(|named| named.get(name));
        into.extend(named.into_iter().flatten().copied().filter(|hit| {
            uom.is_none_or(|uom| {
                let entry = self.entries.get(hit.rule);
                let object = entry.and_then(|entry| entry.rule.objects.get(hit.object));
                object.is_some_and(|object| object.uom.as_deref().is_none_or(|own| own == uom))
            })
        }));
    }

    fn index(&mut self, rule: usize, master: &PricingRule) {
        let kind = match master.apply_on {
            ApplyOn::ItemCode => Kind::ItemCode,
            ApplyOn::ItemGroup => Kind::ItemGroup,
            ApplyOn::Brand => Kind::Brand,
            ApplyOn::Transaction => return,
        };
        let other = match master.apply_rule_on_other {
            Some(ApplyOn::ItemCode) => Some(Kind::OtherItemCode),
            Some(ApplyOn::ItemGroup) => Some(Kind::OtherItemGroup),
            Some(ApplyOn::Brand) => Some(Kind::OtherBrand),
            Some(ApplyOn::Transaction) | None => None,
        };
        for (object, row) in master.objects.iter().enumerate() {
            let hit = Hit { rule, object };
            self.put(kind, &row.value, hit);
            if let (Some(other), Some(name)) = (other, &master.other) {
                self.put(other, name, hit);
            }
        }
    }

    fn put(&mut self, kind: Kind, name: &str, hit: Hit) {
        let named = self.objects.entry(kind).or_default();
        named.entry(name.to_owned()).or_default().push(hit);
    }

    fn walk(&mut self, item_groups: &BTreeMap<String, ItemGroup>) {
        let Some(named) = self.objects.get(&Kind::ItemGroup) else {
            return;
        };
        let parent = |group: &ItemGroup| group.parent_item_group.clone();
        let roots = item_groups.values().filter(|group| parent(group).is_none());
        self.roots = roots
            .map(|group| group.name.clone())
            .filter(|name| named.contains_key(name))
            .collect();
        for name in item_groups.keys() {
            let mut above: Vec<String> = super::tree::upwards(name, item_groups, parent)
                .filter(|name| named.contains_key(name))
                .collect();
            for root in &self.roots {
                if !above.contains(root) {
                    above.push(root.clone());
                }
            }
            self.groups.insert(name.clone(), above);
        }
    }
}
