import Type, { type Static } from 'typebox'
import type { SchoolRow } from '../ledger/ledger.ts'

/** To which schools a target applies: `all`, `any`, `not` over conditions on ledger attributes. Structured data, not a language. */
const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const Attribute = Type.Enum(['stage', 'zone', 'township_central', 'larger', 'pupils'])

const Condition = Type.Object(
  {
    attribute: Attribute,
    eq: Type.Optional(Value),
    in: Type.Optional(Type.Array(Value)),
    gte: Type.Optional(Type.Number()),
    lt: Type.Optional(Type.Number())
  },
  { additionalProperties: false }
)
/** Two levels of nesting are all that policy texts need. */
const Simple = Type.Union([Condition, Type.Object({ not: Condition }, { additionalProperties: false })])
const Group = Type.Union([
  Type.Object({ all: Type.Array(Simple) }, { additionalProperties: false }),
  Type.Object({ any: Type.Array(Simple) }, { additionalProperties: false }),
  Simple
])
export const AppliesTo = Type.Union([
  Type.Object({ all: Type.Array(Group) }, { additionalProperties: false }),
  Type.Object({ any: Type.Array(Group) }, { additionalProperties: false }),
  Simple
])
export type AppliesTo = Static<typeof AppliesTo>
type Node = AppliesTo | Static<typeof Group>

export const appliesTo = (rule: Node, school: SchoolRow): boolean => {
  if ('all' in rule) return rule.all.every(part => appliesTo(part, school))
  if ('any' in rule) return rule.any.some(part => appliesTo(part, school))
  if ('not' in rule) return !appliesTo(rule.not, school)
  const value = attributeOf(school, rule.attribute)
  // A school whose ledger entry lacks the attribute is not silently let off: undefined satisfies no condition.
  if (value === undefined) return false
  return (
    (rule.eq === undefined || value === rule.eq) &&
    (rule.in === undefined || rule.in.includes(value)) &&
    (rule.gte === undefined || (typeof value === 'number' && value >= rule.gte)) &&
    (rule.lt === undefined || (typeof value === 'number' && value < rule.lt))
  )
}

/** Every condition of a rule with its place in it, for those who check what a schema cannot. */
export const conditionsIn = (
  node: Node,
  place: string
): (readonly [place: string, condition: Static<typeof Condition>])[] => {
  if ('all' in node) return node.all.flatMap((part, i) => conditionsIn(part, `${place}/all/${i}`))
  if ('any' in node) return node.any.flatMap((part, i) => conditionsIn(part, `${place}/any/${i}`))
  if ('not' in node) return conditionsIn(node.not, `${place}/not`)
  return [[place, node]]
}

const attributeOf = (school: SchoolRow, name: Static<typeof Attribute>): string | number | boolean | undefined => {
  switch (name) {
    case 'stage':
      return school.stage
    case 'zone':
      return school.zone
    case 'township_central':
      return school.townshipCentral
    case 'larger':
      return school.larger
    case 'pupils':
      return school.pupils
  }
}
