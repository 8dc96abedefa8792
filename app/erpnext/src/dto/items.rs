//! The fields of items and what describes them.

use checkout::masters::{
    Item, ItemBarcode, ItemGroup, ItemTax, ItemUom, ItemVariantAttribute, ProductBundle,
    ProductBundleItem, Uom, UomConversionFactor,
};

use super::Decoded;
use super::fields::Fields;

pub(super) fn uom(f: &Fields<'_>) -> Decoded<Uom> {
    Ok(Uom {
        name: f.required("name")?,
        must_be_whole_number: f.flag("must_be_whole_number", false)?,
    })
}

pub(super) fn uom_conversion_factor(f: &Fields<'_>) -> Decoded<UomConversionFactor> {
    Ok(UomConversionFactor {
        name: f.required("name")?,
        from_uom: f.required("from_uom")?,
        to_uom: f.required("to_uom")?,
        value: f.number("value")?,
    })
}

pub(super) fn item_group(f: &Fields<'_>) -> Decoded<ItemGroup> {
    Ok(ItemGroup {
        name: f.required("name")?,
        parent_item_group: f.optional("parent_item_group")?,
        is_group: f.flag("is_group", false)?,
        taxes: f.rows("taxes", item_tax)?,
    })
}

pub(super) fn item(f: &Fields<'_>) -> Decoded<Item> {
    let item_code = f.required("name")?;
    Ok(Item {
        item_name: f
            .optional("item_name")?
            .unwrap_or_else(|| item_code.clone()),
        item_group: f.text("item_group")?,
        brand: f.optional("brand")?,
        image: f.optional("image")?,
        stock_uom: f.required("stock_uom")?,
        sales_uom: f.optional("sales_uom")?,
        variant_of: f.optional("variant_of")?,
        disabled: f.flag("disabled", false)?,
        is_sales_item: f.flag("is_sales_item", true)?,
        is_stock_item: f.flag("is_stock_item", true)?,
        is_fixed_asset: f.flag("is_fixed_asset", false)?,
        has_variants: f.flag("has_variants", false)?,
        has_batch_no: f.flag("has_batch_no", false)?,
        has_serial_no: f.flag("has_serial_no", false)?,
        max_discount: f.number("max_discount")?,
        end_of_life: f.date("end_of_life")?,
        uoms: f.rows("uoms", item_uom)?,
        barcodes: f.rows("barcodes", item_barcode)?,
        taxes: f.rows("taxes", item_tax)?,
        attributes: f.rows("attributes", item_variant_attribute)?,
        item_code,
    })
}

pub(super) fn item_uom(f: &Fields<'_>) -> Decoded<ItemUom> {
    let conversion_factor = f.number("conversion_factor")?;
    if conversion_factor <= 0.0 {
        return Err(f.error("conversion_factor", "is not above zero"));
    }
    Ok(ItemUom {
        uom: f.required("uom")?,
        conversion_factor,
    })
}

pub(super) fn item_barcode(f: &Fields<'_>) -> Decoded<ItemBarcode> {
    // Listed with dotted fields, `uom` would be ambiguous and gets another name.
    let uom = f
        .optional("barcode_uom")?
        .map_or_else(|| f.optional("uom"), |uom| Ok(Some(uom)))?;
    Ok(ItemBarcode {
        barcode: f.required("barcode")?.trim().to_owned(),
        uom,
    })
}

pub(super) fn item_variant_attribute(f: &Fields<'_>) -> Decoded<ItemVariantAttribute> {
    Ok(ItemVariantAttribute {
        attribute: f.required("attribute")?,
        // A template has none.
        attribute_value: f.text("attribute_value")?,
    })
}

pub(super) fn item_tax(f: &Fields<'_>) -> Decoded<ItemTax> {
    Ok(ItemTax {
        item_tax_template: f.required("item_tax_template")?,
        tax_category: f.optional("tax_category")?,
        valid_from: f.date("valid_from")?,
        minimum_net_rate: f.number("minimum_net_rate")?,
        maximum_net_rate: f.number("maximum_net_rate")?,
    })
}

pub(super) fn product_bundle(f: &Fields<'_>) -> Decoded<ProductBundle> {
    let name = f.required("name")?;
    Ok(ProductBundle {
        // A bundle is named after the item it is sold as.
        new_item_code: f.optional("new_item_code")?.unwrap_or_else(|| name.clone()),
        disabled: f.flag("disabled", false)?,
        items: f.rows("items", product_bundle_item)?,
        name,
    })
}

pub(super) fn product_bundle_item(f: &Fields<'_>) -> Decoded<ProductBundleItem> {
    Ok(ProductBundleItem {
        item_code: f.required("item_code")?,
        qty: f.number("qty")?,
        uom: f.optional("uom")?,
    })
}
