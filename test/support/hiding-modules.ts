/** Modules that hide the names that begin with `secret`, in some or all of the fops that show names. */

const HEAD = `from glupy import ENOENT, Translator


def visible(entries):
    return [entry for entry in entries if not entry.name.startswith("secret")]


class xlator(Translator):
`;

const LOOKUP = `    def lookup(self, frame, loc, xdata):
        if loc.name is not None and loc.name.startswith("secret"):
            return frame.fail(ENOENT)
        frame.wind()
`;

const makeListing = (
  fop: string,
): string => `    async def ${fop}(self, frame, fd, size, offset, xdata):
        reply = await self.child.${fop}(fd, size, offset, xdata)
        # An empty reply would be the end of the directory.
        while reply.entries and not visible(reply.entries):
            reply = await self.child.${fop}(fd, size, reply.entries[-1].off, xdata)
        return reply.replace(entries=visible(reply.entries))
`;

export const hidingModules = {
  lookup_readdirp: `${HEAD}${LOOKUP}\n${makeListing('readdirp')}`,
  readdir_alone: `${HEAD}${makeListing('readdir')}`,
  entry_seen: `${HEAD}    def entry_seen(self, frame, parent, name):
        return not name.startswith("secret")
`,
  everywhere: `${HEAD}${LOOKUP}\n${makeListing('readdirp')}\n${makeListing('readdir')}`,
} as const;
