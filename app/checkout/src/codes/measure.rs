//! Weights, lengths, areas and volumes that codes carry, counted in a shop's units.

use std::fmt;

use rust_decimal::Decimal;

use crate::pricing::site_conversion;
use crate::shop::Shop;

/// How much of something, in a unit of its own.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measure {
    value: Decimal,
    unit: &'static Unit,
}

/// A unit that codes are written in or goods sold by.
#[derive(PartialEq, Debug)]
struct Unit {
    /// What ERPNext calls it, then what shops may call theirs, whatever the case.
    names: &'static [&'static str],
    kind: Kind,
    /// How many kilograms, metres, square metres or litres it is: digits and how many of them are
    /// decimals.
    size: (i64, u32),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Mass,
    Length,
    Area,
    Volume,
}

macro_rules! units {
    ($($name:ident: $kind:ident $size:expr, $($known:literal)+;)*) => {
        $(static $name: Unit = Unit { names: &[$($known),+], kind: Kind::$kind, size: $size };)*
        static UNITS: &[&Unit] = &[$(&$name),*];
    };
}

units! {
    KILOGRAM: Mass (1, 0), "Kg" "Kilogram" "Kilogramme" "Kilo" "Kgs";
    GRAM: Mass (1, 3), "Gram" "g" "Gramme" "Grams";
    MILLIGRAM: Mass (1, 6), "Milligram" "mg";
    TONNE: Mass (1_000, 0), "Tonne" "t" "Metric Ton";
    POUND: Mass (45_359_237, 8), "Pound" "lb" "lbs" "Pounds";
    OUNCE: Mass (28_349_523_125, 12), "Ounce" "oz" "Ounces";
    TROY_OUNCE: Mass (311_034_768, 10), "Troy Ounce" "ozt";
    METER: Length (1, 0), "Meter" "m" "Metre" "Meters" "Metres";
    DECIMETER: Length (1, 1), "Decimeter" "dm" "Decimetre";
    CENTIMETER: Length (1, 2), "Centimeter" "cm" "Centimetre";
    MILLIMETER: Length (1, 3), "Millimeter" "mm" "Millimetre";
    FOOT: Length (3_048, 4), "Foot" "ft" "Feet";
    INCH: Length (254, 4), "Inch" "in" "Inches";
    YARD: Length (9_144, 4), "Yard" "yd" "Yards";
    SQUARE_METER: Area (1, 0), "Square Meter" "m2" "m²" "Square Metre" "sqm";
    SQUARE_CENTIMETER: Area (1, 4), "Square Centimeter" "cm2" "cm²";
    SQUARE_FOOT: Area (9_290_304, 8), "Square Foot" "sq ft" "sqft" "Square Feet";
    SQUARE_INCH: Area (64_516, 8), "Square Inch" "sq in" "Square Inches";
    SQUARE_YARD: Area (83_612_736, 8), "Square Yard" "sq yd" "Square Yards";
    LITRE: Volume (1, 0), "Litre" "l" "Liter" "Litres" "Liters" "ltr";
    DECILITRE: Volume (1, 1), "Decilitre" "dl";
    CENTILITRE: Volume (1, 2), "Centilitre" "cl";
    MILLILITRE: Volume (1, 3), "Millilitre" "ml" "Milliliter";
    CUBIC_METER: Volume (1_000, 0), "Cubic Meter" "m3" "m³" "Cubic Metre";
    CUBIC_DECIMETER: Volume (1, 0), "Cubic Decimeter" "dm3";
    CUBIC_CENTIMETER: Volume (1, 3), "Cubic Centimeter" "cm3" "cc";
    CUBIC_INCH: Volume (16_387_064, 9), "Cubic Inch" "cu in";
    CUBIC_FOOT: Volume (28_316_846_592, 9), "Cubic Foot" "cu ft";
    CUBIC_YARD: Volume (764_554_857_984, 9), "Cubic Yard" "cu yd";
    FLUID_OUNCE: Volume (295_735_295_625, 13), "Fluid Ounce (US)" "fl oz" "Fluid Ounce";
    PINT: Volume (473_176_473, 9), "Pint, Liquid (US)" "pt" "Pint";
    QUART: Volume (946_352_946, 9), "Quart Liquid (US)" "qt" "Quart";
    GALLON: Volume (3_785_411_784, 9), "Gallon Liquid (US)" "gal" "Gallon";
}

/// A unit that scales weigh in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MassUnit {
    /// Gram.
    Gram,
    /// Kilogram.
    Kilogram,
    /// Ounce (avoirdupois).
    Ounce,
    /// Pound (avoirdupois).
    Pound,
}

impl Measure {
    /// A weight of so many grams.
    pub fn grams(grams: u32) -> Self {
        Self::mass(Decimal::from(grams), MassUnit::Gram)
    }

    /// A weight as a scale shows it.
    pub fn mass(value: Decimal, unit: MassUnit) -> Self {
        let unit = match unit {
            MassUnit::Gram => &GRAM,
            MassUnit::Kilogram => &KILOGRAM,
            MassUnit::Ounce => &OUNCE,
            MassUnit::Pound => &POUND,
        };
        Self { value, unit }
    }

    /// What an application identifier and its value say of how much is in the package: net weights
    /// (310n, 320n, 356n), lengths (311n, 321n to 323n), areas and volumes. Gross weights and the
    /// measures of boxes are none: nobody sells by them.
    pub fn of_element(number: &str, value: &str) -> Option<Self> {
        let unit = match number.get(..3)? {
            "310" => &KILOGRAM,
            "320" => &POUND,
            "356" => &TROY_OUNCE,
            "311" => &METER,
            "321" => &INCH,
            "322" => &FOOT,
            "323" => &YARD,
            "314" => &SQUARE_METER,
            "350" => &SQUARE_INCH,
            "351" => &SQUARE_FOOT,
            "352" => &SQUARE_YARD,
            "315" => &LITRE,
            "316" => &CUBIC_METER,
            "357" => &FLUID_OUNCE,
            "360" => &QUART,
            "361" => &GALLON,
            "364" => &CUBIC_INCH,
            "365" => &CUBIC_FOOT,
            "366" => &CUBIC_YARD,
            _ => return None,
        };
        let decimals = number.get(3..)?.parse().ok()?;
        let value = Decimal::try_from_i128_with_scale(value.parse().ok()?, decimals).ok()?;
        Some(Self {
            value: value.normalize(),
            unit,
        })
    }

    /// How many of a shop's unit it is; `None` where that unit counts something else, or where
    /// neither its name nor the site's UOM Conversion Factors say what it is.
    pub fn in_uom(&self, shop: &Shop, uom: &str) -> Option<Decimal> {
        let base = self.value.checked_mul(self.unit.size())?;
        let alike = || UNITS.iter().filter(|unit| unit.kind == self.unit.kind);
        let name = uom.trim();
        if let Some(unit) = UNITS.iter().find(|unit| unit.is_called(name)) {
            return (unit.kind == self.unit.kind)
                .then(|| base.checked_div(unit.size()))
                .flatten();
        }
        alike().find_map(|unit| {
            let name = unit.names.first()?;
            let factor = Decimal::try_from(site_conversion(shop, name, uom)?).ok()?;
            base.checked_div(unit.size())?.checked_mul(factor)
        })
    }
}

/// Whether a shop's unit is one of weight, length, area or volume, so that pieces are not counted
/// in it.
pub fn is_measure(shop: &Shop, uom: &str) -> bool {
    let name = uom.trim();
    UNITS.iter().any(|unit| {
        let own = unit.names.first();
        unit.is_called(name) || own.is_some_and(|own| site_conversion(shop, own, uom).is_some())
    })
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.unit.names.first().copied().unwrap_or_default();
        write!(f, "{} {name}", self.value.normalize())
    }
}

impl Unit {
    fn size(&self) -> Decimal {
        Decimal::new(self.size.0, self.size.1)
    }

    fn is_called(&self, name: &str) -> bool {
        let mut names = self.names.iter();
        names.any(|known| known.eq_ignore_ascii_case(name))
    }
}
