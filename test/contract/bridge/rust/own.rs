//! Answers every fop with a reply of its own.
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
                        let args = fop::Any { row: it.row(), values: &it.values() };
                        answer_own(frame, args, own_ret(args, 3))
                    }
                )*
            }
        }
    };
}
each_fop!(make);
