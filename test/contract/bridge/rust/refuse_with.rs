//! Fails every fop with a reply that carries all it can.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
            with_own_reply(it, |values| {
                let failure = reply::Any { row: it.row, op_ret: -1, op_errno: EDQUOT, values };
                Ok(frame.unwind(failure))
            })
        }
    }
}
