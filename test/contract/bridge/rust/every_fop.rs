//! Modules of the bridge contract with a method for every fop.

#[macro_use]
mod selection;
#[macro_use]
mod shapes;
#[macro_use]
mod steps;
#[path = "every_carriers.rs"]
mod carriers;


modules! { ; each_fop each_cbk each }
