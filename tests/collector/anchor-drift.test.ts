import t from 'tap'
import { betterOffset, timeOf } from '../../collector/receive/anchor.ts'

const boot = 'a42b4686-7ad0-4796-b8f7-411cc1a0d1db'

void t.test('the offset of a boot: less delay wins, noise does not, drift does', async t => {
  t.equal(betterOffset(undefined, 1_000), 1_000, 'the first')
  t.equal(betterOffset(1_000, 500), 500, 'half a second less delay')
  t.equal(betterOffset(1_000, 995), 1_000, 'noise')
  t.equal(betterOffset(1_000, 4_000), 1_000, 'three seconds of delay')
  t.equal(betterOffset(1_000, 7_000), 7_000, 'the agent’s clock runs slow')
  t.equal(betterOffset(1_000, -3_600_000), -3_600_000, 'the collector’s clock was put back')
})

void t.test(
  'a collector whose clock was an hour behind when it first saw an agent does not date its readings an hour early for ever',
  async t => {
    const hour = 3_600_000
    const behind = 1_000_000_000_000
    const offsets = new Map([[boot, behind - 50_000]])
    const receivedMs = behind + hour + 60_000
    const sent = { boot, up_ms: 110_000, wall_ms: receivedMs }
    t.same(timeOf({ boot, up_ms: 100_000, wall_ms: 0 }, sent, receivedMs, offsets), { atMs: receivedMs - 10_000 })
  }
)
