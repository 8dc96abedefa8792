//! The sheet on which a variant of a template is chosen.

use std::collections::BTreeMap;
use std::rc::Rc;

use checkout::masters::Item;
use checkout::variant::{Selection, Variants};
use slint::{ComponentHandle, ModelRc, VecModel};

use super::update;
use crate::ui::{self, Attribute, AttributeValue, Level, TillWindow};

/// The models of the sheet: one of attributes, and one of values for each.
pub struct VariantSheet {
    attributes: Rc<VecModel<Attribute>>,
    values: std::cell::RefCell<Vec<Rc<VecModel<AttributeValue>>>>,
}

impl VariantSheet {
    /// Connects an empty model to the window.
    pub fn new(window: &TillWindow) -> Self {
        let sheet = Self {
            attributes: Rc::default(),
            values: Default::default(),
        };
        let variants = window.global::<ui::Variants>();
        variants.set_attributes(ModelRc::from(sheet.attributes.clone()));
        sheet
    }

    /// Shows a template, what is chosen of it, and the price of the variant that is meant.
    pub fn show(
        &self,
        window: &TillWindow,
        template: &Item,
        variants: &Variants,
        selection: &Selection,
        price: Option<String>,
    ) {
        let sheet = window.global::<ui::Variants>();
        sheet.set_title(template.item_name.as_str().into());
        self.show_attributes(variants, selection);
        let chosen = variants.chosen(selection);
        sheet.set_item_name(chosen.map_or("", |item| &item.item_name).into());
        sheet.set_item_code(chosen.map_or("", |item| &item.item_code).into());
        sheet.set_price(price.as_deref().unwrap_or_default().into());
        sheet.set_can_add(chosen.is_some() && price.is_some());
        let open = variants.attributes().iter();
        let open = open.map(|attribute| &attribute.attribute);
        let open = open.filter(|attribute| !selection.contains_key(*attribute));
        let (level, sentence) = match (chosen, &price, open.clone().next()) {
            (Some(_), Some(_), _) => (Level::Neutral, String::new()),
            (Some(_), None, _) => (
                Level::Warning,
                "It has no price. Ask a manager to enter an Item Price in ERPNext.".to_owned(),
            ),
            (None, _, Some(next)) => (Level::Neutral, format!("Choose {next}.")),
            (None, _, None) => (
                Level::Warning,
                "This combination is not made. Choose another.".to_owned(),
            ),
        };
        sheet.set_level(level);
        sheet.set_sentence(sentence.into());
    }

    fn show_attributes(&self, variants: &Variants, selection: &Selection) {
        let mut models = self.values.borrow_mut();
        models.resize_with(variants.attributes().len(), Rc::default);
        let mut rows = Vec::new();
        for (attribute, model) in variants.attributes().iter().zip(models.iter()) {
            let value = |value: &String| value_of(variants, selection, &attribute.attribute, value);
            update(model, attribute.values.iter().map(value).collect());
            rows.push(Attribute {
                label: attribute.attribute.as_str().into(),
                values: ModelRc::from(model.clone()),
            });
        }
        update(&self.attributes, rows);
    }
}

fn value_of(
    variants: &Variants,
    selection: &Selection,
    attribute: &str,
    value: &str,
) -> AttributeValue {
    let enabled = variants.is_possible(selection, attribute, value);
    let others: BTreeMap<_, _> = selection
        .iter()
        .filter(|(other, _)| *other != attribute)
        .collect();
    let with: Vec<_> = others.values().map(|value| value.as_str()).collect();
    AttributeValue {
        label: value.into(),
        chosen: selection
            .get(attribute)
            .is_some_and(|chosen| chosen == value),
        enabled,
        reason: if enabled {
            "".into()
        } else {
            format!("Not made in {}", with.join(", ")).into()
        },
    }
}
