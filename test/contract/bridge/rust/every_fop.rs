//! Modules of the bridge contract with a method for every fop.

#[macro_use]
mod selection;
#[macro_use]
mod shapes;

modules! { both change echo named only_cbk own }
