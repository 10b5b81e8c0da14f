//! Passes every reply on; defines no fop.
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
                    fn $cbk(&mut self, frame: &mut Frame<Self>, reply: reply::$type) -> Answer {
                        Ok(frame.unwind(reply::$type { ..reply }))
                    }
                )*
            }
        }
    };
}
each_fop!(make);
