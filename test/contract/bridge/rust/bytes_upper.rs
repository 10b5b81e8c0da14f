//! Reads data, and passes on other data.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn readv(&mut self, frame: &mut Frame<Self>, it: fop::Readv) -> Answer {
            Ok(frame.wind(it))
        }
        fn readv_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readv) -> Answer {
            let vector = reply.check()?.vector.ok_or(EINVAL)?;
            if reply.op_ret as usize != vector.len() {
                return Err(EINVAL);
            }
            let upper = vector.to_ascii_uppercase();
            Ok(frame.unwind(reply::Readv { vector: Some(&upper), ..reply }))
        }
        fn writev(&mut self, frame: &mut Frame<Self>, it: fop::Writev) -> Answer {
            let half: Vec<u8> = it.vector.iter().step_by(2).copied().collect();
            let lower = it.vector.to_ascii_lowercase();
            let vector = match it.offset {
                1 => &it.vector[1..4], // a part
                2 => &half,            // every second byte
                3 => &[],              // nothing at all
                _ => &lower,
            };
            Ok(frame.tail(fop::Writev { vector, ..it }))
        }
    }
}
