//! The translators that carry out steps, by the kinds of methods that they define.

use super::shapes::*;
use super::steps::*;

carrier!(any needs::PATH; fops; cbks; cancels; rest {
    fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
        on_fop(self, frame, it, &any())
    }
    fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
        on_reply(self, frame, reply, &any(), "")
    }
});

carrier!(any_cbk 0; fops; cbks; cancels; rest {
    fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
        on_reply(self, frame, reply, &any(), "")
    }
});

carrier!(any_own 0; fops stat Stat readlink Readlink; cbks stat_cbk Stat statfs_cbk Statfs; cancels; rest {
    fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
        on_fop(self, frame, it, &any())
    }
    fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
        on_reply(self, frame, reply, &any(), "")
    }
});

carrier!(cancel_any 0; fops; cbks; cancels stat_cancel; rest {
    fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
        on_fop(self, frame, it, &any())
    }
    fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
        on_reply(self, frame, reply, &any(), "")
    }
    fn any_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        on_cancel(self, frame)
    }
});

carrier!(hooks 0; fops; cbks; cancels; rest {
    fn entry_created(&mut self, loc: &Loc) {
        on_entry("entry_created", loc);
    }
    fn entry_removed(&mut self, loc: &Loc) {
        on_entry("entry_removed", loc);
    }
});

carrier!(hooks_any 0; fops; cbks; cancels; rest {
    fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
        on_fop(self, frame, it, &any())
    }
    fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
        on_reply(self, frame, reply, &any(), "")
    }
    fn entry_created(&mut self, loc: &Loc) {
        on_entry("entry_created", loc);
    }
    fn entry_removed(&mut self, loc: &Loc) {
        on_entry("entry_removed", loc);
    }
});

// What a module's steps do not name passes on.
carrier!(requests needs::GROUPS + needs::REFUSES_OTHERS;
    fops stat Stat access Access readlink Readlink setattr Setattr flush Flush statfs Statfs fsync Fsync fstat Fstat;
    cbks stat_cbk Stat access_cbk Access readlink_cbk Readlink setattr_cbk Setattr statfs_cbk Statfs fsync_cbk Fsync fstat_cbk Fstat;
    cancels stat_cancel readlink_cancel access_cancel statfs_cancel fsync_cancel;
    rest {});

carrier!(retry_cbk 0; fops; cbks stat_cbk Stat; cancels; rest {});
carrier!(several 0; fops stat Stat; cbks readlink_cbk Readlink; cancels; rest {});
carrier!(several_through needs::PASSES_THROUGH;
    fops stat Stat;
    cbks readlink_cbk Readlink;
    cancels;
    rest {});

carrier!(failing 0;
    fops statfs Statfs access Access stat Stat flush Flush readlink Readlink fsync Fsync;
    cbks stat_cbk Stat flush_cbk Flush;
    cancels;
    rest {});

carrier!(edition1 0; fops statfs Statfs stat Stat; cbks stat_cbk Stat; cancels; rest {
    fn dump_state(&mut self, state: &mut Dict<'static>) {
        state.set("count", i64::from(self.memory.count));
    }
    fn fini(&mut self) {
        on_entry("fini", &Loc::default());
    }
});

carrier!(edition2 0; fops statfs Statfs access Access; cbks; cancels; rest {
    fn load_state(&mut self, state: &Dict) {
        self.memory.count = state.get_int("count").unwrap_or_default() as i32;
    }
});

carrier!(edition_refuses 0; fops; cbks; cancels; rest {});
