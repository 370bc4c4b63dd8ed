import Type, { type Static } from 'typebox'
import { SentenceError } from '../../contract/parse.ts'
import { Word as WordSchema } from '../../contract/registry-id.ts'
import { deviceKinds, type DeviceRow } from './ledger.ts'
import type { UplinkRow } from './uplink.ts'

/** Where a subject is, as declared by whoever configured it; what the agent measured is the reading's label `place`. */
const Place = Type.Enum(['off_site', 'on_site', 'self', 'none'])

/** A check for every device of some kinds. Probe options are the agent's business: it refuses bad ones with `bad_options`. */
export const CheckTemplate = Type.Object(
  {
    /** Last part of the check's key. */
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
    probe: WordSchema,
    every_ms: Type.Integer({ minimum: 100, maximum: 86_400_000 }),
    devices: Type.Optional(Type.Array(Type.Enum(deviceKinds))),
    /** What it looks at, for people and for counting different subjects. */
    subject: Type.Optional(Type.String({ maxLength: 253 })),
    place: Type.Optional(Place),
    options: Type.Optional(Type.Record(Type.String(), Type.Unknown()))
  },
  { additionalProperties: false }
)
export type CheckTemplate = Static<typeof CheckTemplate>

export interface CheckDraft {
  /** `<device>-<name>`, of an uplink's tier test `<uplink>-tier`. */
  readonly key: string
  readonly device: string
  readonly probe: string
  readonly everyMs: number
  readonly subject: string
  readonly place: string
  /** JSON. */
  readonly options: string
}
export interface CheckRow extends CheckDraft {
  readonly id: number
  readonly version: number
  /** Undefined while it is the current version. */
  readonly toMs: number | undefined
}

const minute = 60_000

/**
 * What is measured unless the configuration says otherwise. The off-site subjects are public education and government sites;
 * two of them answering on three days prove access. The collector itself is measured too, and proves nothing.
 */
export const defaultTemplates = (publicUrl: string): CheckTemplate[] => [
  { name: 'host', probe: 'host', every_ms: minute },
  { name: 'port', probe: 'port', every_ms: minute, devices: ['panel', 'gateway'] },
  {
    name: 'ping-gateway',
    probe: 'ping',
    every_ms: minute,
    subject: 'gateway',
    place: 'on_site',
    options: { subject: 'gateway' }
  },
  {
    name: 'clock',
    probe: 'clock',
    every_ms: 5 * minute,
    subject: 'ntp.ntsc.ac.cn',
    options: { servers: ['ntp.ntsc.ac.cn', 'ntp.aliyun.com'] }
  },
  {
    name: 'portal-collector',
    probe: 'portal',
    every_ms: minute,
    subject: new URL(publicUrl).hostname,
    place: 'self',
    options: { url: `${publicUrl}/livez` }
  },
  ...['www.smartedu.cn', 'www.moe.gov.cn', 'www.gov.cn'].map((site): CheckTemplate => ({
    name: `portal-${site.split('.').slice(1, -1).join('-')}`,
    probe: 'portal',
    every_ms: 5 * minute,
    subject: site,
    place: 'off_site',
    options: { url: `https://${site}/` }
  }))
]

/** The checks of all devices, and the tier test of every uplink. Throws a SentenceError when two would have one key. */
export const draftChecks = (
  devices: readonly Pick<DeviceRow, 'id' | 'kind'>[],
  templates: readonly CheckTemplate[],
  uplinks: readonly UplinkRow[] = []
): CheckDraft[] => {
  const kinds = new Map(devices.map(device => [device.id, device.kind]))
  return distinct([
    ...devices.flatMap(device =>
      templates
        .filter(template => template.devices === undefined || template.devices.some(kind => kind === device.kind))
        .map(template => ({
          key: `${device.id}-${template.name}`,
          device: device.id,
          probe: template.probe,
          everyMs: template.every_ms,
          subject: template.subject ?? '',
          place: template.place ?? 'none',
          options: JSON.stringify(template.options ?? {})
        }))
    ),
    ...uplinks.filter(uplink => kinds.has(uplink.device)).map(uplink => tierCheck(uplink, kinds.get(uplink.device)))
  ])
}

/** It runs every minute only to look at counters and to ask whether a test is due: the collector's leases say when one is. */
const tierCheck = (uplink: UplinkRow, kind: string | undefined): CheckDraft => ({
  key: `${uplink.id}-tier`,
  device: uplink.device,
  probe: 'bandwidth',
  everyMs: minute,
  subject: uplink.id,
  place: 'none',
  options: JSON.stringify({
    uplink: uplink.id,
    vantage: kind === 'gateway' ? 'gateway' : 'panel',
    ...(uplink.interfaceName === undefined ? {} : { interface: uplink.interfaceName })
  })
})

/** Device and name are joined by what may stand in both, so two different checks can meet under one key. */
const distinct = (drafts: CheckDraft[]): CheckDraft[] => {
  const seen = new Map<string, string>()
  for (const { key, device } of drafts) {
    const other = seen.get(key)
    if (other !== undefined)
      throw new SentenceError(
        `checks must have different keys, got "${key}" twice (device ${other}, device ${device}): rename one`
      )
    seen.set(key, device)
  }
  return drafts
}

/** The id a check has on the wire. */
export const wireIdOf = (check: Pick<CheckRow, 'key' | 'version'>): string => `${check.key}@${check.version}`
