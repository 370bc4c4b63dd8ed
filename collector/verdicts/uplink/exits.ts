import type { TierTest } from './tier-test.ts'

/** Signs that the tests of a period did not all leave by the line they speak for. 0 or 1. */
export interface ExitFlags {
  /** The uplink's tests left by more than one address of a family. */
  readonly egress_changed: number
  /** A panel of the school leaves by an address that no gateway of it uses. */
  readonly two_exits: number
}

export const exitFlags = (
  evidence: {
    readonly tierTests: readonly TierTest[]
    readonly period: { readonly fromMs: number; readonly toMs: number }
  },
  uplink: string
): ExitFlags => {
  const { fromMs, toMs } = evidence.period
  const tests = evidence.tierTests.filter(test => test.egress !== '' && test.atMs >= fromMs && test.atMs < toMs)
  const addresses = (list: readonly TierTest[]): string[] => [...new Set(list.map(test => test.egress))]
  const own = addresses(tests.filter(test => test.uplink === uplink))
  const gateways = addresses(tests.filter(test => test.vantage === 'gateway'))
  const panels = addresses(tests.filter(test => test.vantage === 'panel'))
  const changed = [...Map.groupBy(own, familyOf).values()].some(family => family.length > 1)
  const foreign = panels.some(
    address => !gateways.includes(address) && gateways.some(other => familyOf(other) === familyOf(address))
  )
  return { egress_changed: changed ? 1 : 0, two_exits: foreign ? 1 : 0 }
}

/** A school may well use both families at once. */
const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4)
