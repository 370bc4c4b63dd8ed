import fc from 'fast-check'
import t from 'tap'
import { canonical } from '../../../collector/bulletin/canonical.ts'

/** The same by another way: a copy in order, printed. */
const inOrder = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(inOrder)
    : typeof value === 'object' && value !== null
      ? new Map(
          Object.entries(value)
            .filter(([, inner]) => inner !== undefined)
            .map(([key, inner]): [string, unknown] => [key, inOrder(inner)])
            .sort(([a], [b]) => (a < b ? -1 : 1))
        )
      : value
const printed = (value: unknown): string =>
  value instanceof Map
    ? `{${[...value].map(([key, inner]) => `${JSON.stringify(key)}:${printed(inner)}`).join(',')}}`
    : Array.isArray(value)
      ? `[${value.map(printed).join(',')}]`
      : JSON.stringify(value)

const key = fc.oneof(fc.string(), fc.constantFrom('2', '10', 'a', 'b', '学', '\ud800', '__proto__', 'toJSON'))
const { any } = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(-0, null, true),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(key, fc.oneof(tie('any'), fc.constant(undefined)), { maxKeys: 5, noNullPrototype: false })
  )
}))

void t.test('canonical JSON has its keys in order at every depth, and is read back as what was written', t => {
  fc.assert(
    fc.property(any, value => {
      const text = canonical(value)
      t.equal(text, printed(inOrder(value)))
      t.equal(canonical(JSON.parse(text)), text)
    }),
    { numRuns: 200, seed: 1 }
  )
  t.equal(canonical({ b: 1, a: [{ 10: 1, 9: 2 }], c: undefined }), '{"a":[{"10":1,"9":2}],"b":1}')
  t.end()
})

void t.test('what JSON cannot say is refused, wherever it stands', t => {
  for (const value of [NaN, { a: [1, Infinity] }, [undefined], { a: () => 1 }, [1n]])
    t.throws(() => canonical(value), { name: 'TypeError', message: /^canonical JSON must hold / })
  t.end()
})
