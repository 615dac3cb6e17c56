//! The demo shop, embedded: `corpus/worlds/shop/`.

macro_rules! shop {
    ($($path:literal),* $(,)?) => {
        &[$((concat!("shop/", $path), include_str!(concat!("../../corpus/worlds/shop/", $path)))),*]
    };
}

/// Path, text
pub(super) static SHOP: &[(&str, &str)] = shop![
    "data.tf",
    "functions.tf",
    "main.tf",
    "modules/bucket/main.tf",
    "modules/function/main.tf",
    "people.tf",
    "triggers.tf",
];

/// Its assertion file
pub(super) static CONFIG: &str = include_str!("../../corpus/worlds/shop/gatecrash.toml");
