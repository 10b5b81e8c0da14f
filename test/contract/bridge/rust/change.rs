//! Replaces every argument and every part of a reply.
use super::shapes::*;
stateless!(Module);
macro_rules! make {
    ($($fop:ident $cbk:ident $type:ident,)*) => {
        translator! {
            impl Translator for Module {
                fn init(_: Volume<Self>) -> Result<Self, String> {
                    Self::new()
                }
                $(
                    fn $fop(&mut self, frame: &mut Frame<Self>, it: fop::$type) -> Answer {
                        with_changed(&it.values(), |values| {
                            Ok(frame.wind(fop::$type::from_values(values)))
                        })
                    }
                    fn $cbk(&mut self, frame: &mut Frame<Self>, reply: reply::$type) -> Answer {
                        let (op_ret, op_errno) = reply.result();
                        with_changed(&reply.values(), |values| {
                            let changed = reply::$type::from_values(op_ret, op_errno, values);
                            Ok(frame.unwind(changed))
                        })
                    }
                )*
            }
        }
    };
}
each_fop!(make);
