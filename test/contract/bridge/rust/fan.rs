//! Asks every child at once, and answers with the worst result when the last has replied.
use super::shapes::*;
stateless!(Module);

#[derive(Default)]
pub struct Answers {
    count: usize,
    op_ret: i64,
    worst: Option<Kept>,
}

translator! {
    impl Translator for Module {
        type Local = Answers;
        const NEEDS: u32 = needs::REFUSES_OTHERS;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn setattr(&mut self, frame: &mut Frame<Self>, it: fop::Setattr) -> Answer {
            for child in frame.volume().children() {
                frame.to(child).wind(it);
            }
            Ok(frame.later())
        }
        fn setattr_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Setattr) -> Answer {
            info!("{}: {}", frame.child().unwrap().name, reply.op_ret);
            frame.local.count += 1;
            if frame.local.worst.is_none() || reply.op_ret < frame.local.op_ret {
                frame.local.op_ret = reply.op_ret;
                frame.local.worst = frame.keep_reply();
            }
            match frame.local.worst {
                Some(worst) if frame.local.count == frame.volume().children().len() => {
                    Ok(frame.unwind_kept(worst))
                }
                _ => Ok(frame.later()),
            }
        }
    }
}
