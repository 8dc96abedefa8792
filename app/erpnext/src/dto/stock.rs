//! The fields of warehouses, batches and serial numbers.

use checkout::masters::{Batch, SerialNo, Warehouse};

use super::Decoded;
use super::fields::Fields;

pub(super) fn warehouse(f: &Fields<'_>) -> Decoded<Warehouse> {
    Ok(Warehouse {
        name: f.required("name")?,
        parent_warehouse: f.optional("parent_warehouse")?,
        company: f.text("company")?,
        disabled: f.flag("disabled", false)?,
    })
}

pub(super) fn batch(f: &Fields<'_>) -> Decoded<Batch> {
    Ok(Batch {
        name: f.required("name")?,
        item: f.required("item")?,
        expiry_date: f.date("expiry_date")?,
        manufacturing_date: f.date("manufacturing_date")?,
        batch_qty: f.number("batch_qty")?,
        disabled: f.flag("disabled", false)?,
    })
}

pub(super) fn serial_no(f: &Fields<'_>) -> Decoded<SerialNo> {
    Ok(SerialNo {
        name: f.required("name")?,
        item_code: f.required("item_code")?,
        warehouse: f.optional("warehouse")?,
        status: f.text("status")?,
        batch_no: f.optional("batch_no")?,
        warranty_expiry_date: f.date("warranty_expiry_date")?,
    })
}
