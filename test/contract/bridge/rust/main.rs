//! Modules of the bridge contract with generic methods, or methods of a few fops.

#[macro_use]
mod selection;
#[macro_use]
mod shapes;

modules! {
    any any_awaited any_cbk any_own awaited bare bytes_upper cancel cancel_any cancel_awaited
    change_args change_awaited clients clock cookies ctx edition1 edition2 edition_refuses entries
    failing fan first gather hold hooks hooks_async hooks_cbk hooks_own hooks_plain late late_wind
    life notes other own_awaited own_fds own_requests plain_dict raising refuse refuse_with retry
    retry_cbk settings several several_through shared take_back talk timeouts timers touch tunable
    ups who who_is_up
}
