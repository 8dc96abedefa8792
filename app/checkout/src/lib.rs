//! The pure domain of the till: devices and fingers make [`till::Event`]s, [`till::Till::step`]
//! turns them into [`till::Effect`]s. No I/O, no clock, no randomness; money is an integer count
//! of the smallest unit everywhere but inside [`totals`], which repeats ERPNext's arithmetic in
//! doubles.
//!
//! In reading order: what ERPNext knows ([`masters`], [`shop`], [`catalog`]), who buys and on what
//! terms ([`buyer`], [`tax_rule`], [`loyalty`]), what a scan means ([`scan`], [`variant`],
//! [`product_bundle`], [`batch`], [`serial_no`]), what it costs ([`exchange`], [`pricing`], [`uom`],
//! [`item_tax`], [`pricing_rules`]), from lines to money ([`cart`], [`draft`], [`totals`],
//! [`weighing`], [`payment`], [`card`]), what is kept ([`sale`], [`shift`], [`receipt`]), what comes back ([`returns`]),
//! what persons do besides ([`action`], [`new_customer`]), and the machine that ties them together
//! ([`till`]).

pub mod money;
pub mod quantity;

pub mod denominations;
pub mod format;

pub mod catalog;
pub mod masters;
pub mod shop;

pub mod buyer;
pub mod loyalty;
pub mod tax_rule;

pub mod codes;

pub mod batch;
pub mod product_bundle;
pub mod scan;
pub mod serial_no;
pub mod variant;

pub mod exchange;
pub mod item_tax;
pub mod pricing;
pub mod pricing_rules;
pub mod uom;

pub mod card;
pub mod cart;
pub mod draft;
pub mod payment;
pub mod totals;
pub mod weighing;

pub mod receipt;
pub mod sale;
pub mod shift;

pub mod returns;

pub mod action;
pub mod new_customer;

pub mod till;
