import t from 'tap'
import { liveLinks } from '../../../bench/link-life.ts'

// The long form is `npm run bench -- link-life`: 1,000 links and more. Here a small city of quiet and noisy links, seeded.
void t.test('two months of simulated links: nobody is met below the line or missed above it, and bytes are few', t => {
  const tally = liveLinks(100, 60, 2)
  t.equal(tally.months, 120)
  t.same([tally.falseMeets, tally.falseMisses], [0, 0])
  t.ok(tally.belowN >= 15 && tally.aboveN >= 60, 'links on both sides')
  t.ok(tally.metAbove >= 0.8 * tally.aboveN, `${tally.metAbove} of ${tally.aboveN} good months are met`)
  t.ok(tally.missedBelow >= 0.8 * tally.belowN, `${tally.missedBelow} of ${tally.belowN} bad months are missed`)
  t.ok(tally.bytes / tally.months < 1e9, `${tally.bytes / tally.months / 1e9} GB a month`)
  t.ok(tally.found.every(nights => nights <= 3))
  t.same(liveLinks(100, 5, 2), liveLinks(100, 5, 2), 'the same seed, the same months')
  t.end()
})
