import t from 'tap'
import Type from 'typebox'
import { describeFault, shown } from '../../contract/fault.ts'
import { faultOf, fits, parse, parseJson, SentenceError } from '../../contract/parse.ts'
import { thrown } from '../agent/probes/context.ts'

const Check = Type.Object(
  {
    url: Type.String({ format: 'uri' }),
    every_ms: Type.Integer({ minimum: 100 }),
    kind: Type.Optional(Type.Enum(['http', 'https'])),
    id: Type.Optional(Type.String({ pattern: '^[a-z]+$' }))
  },
  { additionalProperties: false }
)
const File = Type.Object(
  {
    checks: Type.Array(Check),
    rule: Type.Optional(
      Type.Union([
        Type.Object({ all: Type.Array(Type.Object({ attribute: Type.Enum(['stage', 'zone']) })) }),
        Type.Object({ not: Type.Object({ attribute: Type.String() }) })
      ])
    )
  },
  { additionalProperties: false }
)
const check = { url: 'https://edu.cn/', every_ms: 1000 }

void t.test('a fault is one sentence with place, expectation and value', t => {
  const cases: [unknown, string][] = [
    [null, '/ must be an object, got null'],
    [[], '/ must be an object, got []'],
    [{}, '/checks is missing'],
    [{ checks: {} }, '/checks must be an array, got {}'],
    [{ checks: [{ every_ms: 1000 }] }, '/checks/0/url is missing'],
    [{ checks: [check, { ...check, url: 'edu' }] }, '/checks/1/url must be a URI, got "edu"'],
    [{ checks: [{ ...check, every_ms: '5' }] }, '/checks/0/every_ms must be an integer, got "5"'],
    [{ checks: [{ ...check, every_ms: 5 }] }, '/checks/0/every_ms must be >= 100, got 5'],
    [{ checks: [{ ...check, id: 'A/1' }] }, '/checks/0/id must match ^[a-z]+$, got "A/1"'],
    [{ checks: [{ ...check, kind: 'ftp' }] }, '/checks/0/kind must be one of "http", "https", got "ftp"'],
    [{ checks: [{ ...check, evry_ms: 5 }] }, '/checks/0/evry_ms is not a known key: did you mean "every_ms"?'],
    [{ checks: [{ ...check, colour: 5 }] }, '/checks/0/colour is not a known key'],
    [{ checks: [], 'a/b~c': 1 }, '/a~1b~0c is not a known key'],
    [
      { checks: [], rule: { all: [{ attribute: 'zone' }, { attribute: 'pupil' }] } },
      '/rule/all/1/attribute must be one of "stage", "zone", got "pupil"'
    ],
    [{ checks: [], rule: { not: {} } }, '/rule/not/attribute is missing']
  ]
  for (const [raw, sentence] of cases) {
    t.equal(faultOf(File, raw)?.sentence, sentence)
    t.equal(
      thrown(() => parse(File, raw, 'agent.yaml')),
      `agent.yaml ${sentence}`
    )
  }
  t.end()
})

void t.test('what fits comes back as it is', t => {
  const raw: unknown = { checks: [check] }
  t.equal(parse(File, raw, 'x'), raw)
  t.ok(fits(File, raw))
  t.equal(faultOf(File, raw), undefined)
  t.end()
})

void t.test('an error points into the value', t => {
  try {
    parse(File, { checks: [{ ...check, every_ms: 5 }] }, 'x')
    t.fail('it must throw')
  } catch (error) {
    t.ok(error instanceof SentenceError && error.pointer === '/checks/0/every_ms')
  }
  t.end()
})

void t.test('long values are cut and values that JSON cannot show are named by their type', t => {
  t.equal(shown('x'.repeat(200)), `"${'x'.repeat(76)}…`)
  t.equal(shown('http://admin:secret@10.1.2.3'), '"http://***@10.1.2.3"')
  t.equal(shown(undefined), 'nothing')
  t.equal(
    shown(() => 1),
    'function'
  )
  t.match(faultOf(File, { checks: 'y'.repeat(300) })?.sentence, /^\/checks must be an array, got "y{76}…$/)
  t.end()
})

void t.test('a value nested beyond the stack is refused with a sentence, not with a crash', t => {
  const depth = 200_000
  const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
  t.equal(faultOf(File, deep)?.sentence, '/ must be an object, got a value nested too deeply to show')
  t.end()
})

void t.test('text that is not JSON is a sentence with the place', t => {
  t.match(
    thrown(() => parseJson(File, '{"checks":', 'body')),
    /^body must be JSON: /
  )
  t.match(
    thrown(() => parseJson(File, '', 'body')),
    /^body must be JSON: /
  )
  t.end()
})

void t.test('a key named __proto__ is an unknown key, never a prototype', t => {
  t.equal(
    thrown(() => parseJson(File, '{"checks":[],"__proto__":{"checks":[]}}', 'body')),
    'body /__proto__ is not a known key'
  )
  t.equal(thrown(() => parseJson(File, '{"__proto__":{"checks":[]}}', 'body')).startsWith('body /'), true)
  t.end()
})

void t.test('errors of Fastify’s validator make the same sentences', t => {
  const of = (keyword: string, params: Record<string, unknown>, instancePath = '') =>
    describeFault([{ keyword, instancePath, schemaPath: '', params }], { a: 1 }).sentence
  t.equal(of('additionalProperties', { additionalProperty: 'x' }), '/x is not a known key')
  t.equal(of('required', { missingProperty: 'b' }), '/b is missing')
  t.equal(of('enum', { allowedValues: ['p', 'q'] }, '/a'), '/a must be one of "p", "q", got 1')
  t.equal(describeFault([], {}).sentence, '/ is not what was expected')
  t.end()
})
