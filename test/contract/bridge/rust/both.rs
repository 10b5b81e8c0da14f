//! Passes every fop and its reply on.
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
                        Ok(frame.wind(it))
                    }
                    fn $cbk(&mut self, frame: &mut Frame<Self>, reply: reply::$type) -> Answer {
                        Ok(frame.unwind(reply))
                    }
                )*
            }
        }
    };
}
each_fop!(make);
