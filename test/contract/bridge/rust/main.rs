//! Modules of the bridge contract with generic methods, or methods of a few fops.

#[macro_use]
mod selection;
#[macro_use]
mod shapes;
#[macro_use]
mod steps;
mod carriers;

modules! {
    bytes_upper clients ctx entries life other
    own_fds own_requests plain_dict settings shared take_back talk timeouts timers tunable ups
    ; any any_cbk any_own cancel_any hooks hooks_any requests retry_cbk several several_through
    failing edition1 edition2 edition_refuses
}
