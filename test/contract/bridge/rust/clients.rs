//! Counts each client's requests, and logs disconnects; access logs the number of known clients.
use super::shapes::*;
use std::rc::Rc;

pub struct Module {
    knows: Rc<Cell<i32>>,
}

struct Count {
    requests: Cell<i32>,
    knows: Rc<Cell<i32>>,
}

impl Drop for Count {
    fn drop(&mut self) {
        self.knows.set(self.knows.get() - 1);
    }
}

translator! {
    impl Translator for Module {
        const NEEDS: u32 = needs::CLIENT;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Module { knows: Rc::default() })
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            match &frame.root().client {
                None => info!("no client"),
                Some(client) => {
                    let count = client.ctx_or(|| {
                        self.knows.set(self.knows.get() + 1);
                        Count { requests: Cell::new(0), knows: self.knows.clone() }
                    });
                    count.requests.set(count.requests.get() + 1);
                    info!("{} {}", client.uid, count.requests.get());
                }
            }
            Ok(frame.wind(it))
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            Ok(frame.unwind(reply))
        }
        fn access(&mut self, frame: &mut Frame<Self>, _: fop::Access) -> Answer {
            info!("knows {}", self.knows.get());
            Ok(frame.unwind(reply::Access::default()))
        }
        fn client_disconnect(&mut self, client: &Client) {
            let count = client.ctx::<Count>().map_or(0, |count| count.requests.get());
            info!("gone {} {count}", client.uid);
        }
    }
}
