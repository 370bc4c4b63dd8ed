import fc from 'fast-check'
import t from 'tap'
import { verdictWords } from '../../collector/verdicts/verdict.ts'
import { figuresFrom, namedIn } from './change.ts'
import { compare, runProduct } from './compare.ts'
import { worldsOf } from './generate/worlds.ts'
import { decided, properties } from './properties.ts'
import { oracleRules } from './rules/rules.ts'

/** The long form, 10,000 worlds and more, is `npm run soak -- verdicts`. */
const runs = { numRuns: 600, seed: 20261120 }

void t.test(
  'verdicts, shares, rankings and names are those that a brute force from the specification finds',
  async t => {
    const reached = new Map<string, Set<string>>()
    fc.assert(
      fc.property(worldsOf(4), world => {
        const { differences, product } = compare(world)
        if (differences.length > 0) throw new Error(differences.slice(0, 5).join('\n'))
        for (const { indicator, verdict, reason } of product.flatMap(month => month.verdicts))
          if (reason !== 'vacation') reached.set(indicator, (reached.get(indicator) ?? new Set()).add(verdict))
      }),
      runs
    )
    for (const indicator of Object.keys(oracleRules)) {
      // Whoever does not watch the sites is not judged by them.
      const words = indicator === 'key-sites' ? verdictWords.filter(word => word !== 'missed') : verdictWords
      t.same([...(reached.get(indicator) ?? [])].sort(), [...words].sort(), `every word of ${indicator} is reached`)
    }
  }
)

for (const { name, holds } of properties)
  void t.test(name, async t => {
    fc.assert(
      fc.property(worldsOf(7), fc.integer({ min: 1, max: 0x7fffffff }), (world, seed) =>
        holds(world, seed, runProduct(world))
      ),
      { numRuns: 15, seed: 20261121 }
    )
    t.pass()
  })

void t.test('in worlds such as those areas are named, so that the last property says something', async t => {
  const named = fc
    .sample(worldsOf(7), { numRuns: 25, seed: 20261121 })
    .map((world, i) => namedIn(figuresFrom(world, decided(i, runProduct(world)))).size)
  t.ok(named.filter(n => n > 0).length >= 3, `named in each: ${named.join(' ')}`)
})
