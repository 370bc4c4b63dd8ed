import Type, { type Static } from 'typebox'
import { parse } from '../../../contract/parse.ts'
import { Unavailable, type Probe, type ProbeContext, type Reading } from '../../probe.ts'
import { arpComplete, defaultRoutes } from '../net-tables.ts'
import { remembered, runEthtool, type AskCapability } from './capability.ts'
import { judgePort, judgeWifi } from './judge.ts'
import { portNames, readPort, type Port } from './sysfs.ts'

const Options = Type.Object(
  {
    interfaces: Type.Optional(
      // Kernel names: at most 15 bytes, neither a slash nor white space; a leading dash would be an option of ethtool.
      Type.Array(Type.String({ pattern: '^[^-./\\s][^/\\s]{0,14}$' }), { minItems: 1, maxItems: 32 })
    )
  },
  { additionalProperties: false }
)
type Options = Static<typeof Options>

export interface PortDeps {
  /** The highest speed a network card supports, Mbit/s; undefined when nobody can say. */
  readonly askCapability: AskCapability
}

/** The probe with the question to ethtool as a parameter; `port` is the real one. */
export const portProbe = (deps: PortDeps): Probe => ({
  name: 'port',
  summary: 'what each physical network port negotiated, and how well Wi-Fi is heard',
  everyMs: 60_000,
  timeoutMs: 10_000,
  options: Options,
  reasons: {
    speed_low: 'the port negotiated less than 1000 Mbit/s',
    half_duplex: 'the port negotiated half duplex',
    speed_unknown: 'there is a link, but its driver does not say how fast',
    no_carrier: 'no cable, or nothing at its other end',
    no_physical_port: 'this machine shows no physical network port',
    no_such_port: 'the port named in the options does not exist here',
    weak_signal: 'Wi-Fi is heard weaker than -67 dBm',
    signal_too_low: 'Wi-Fi is heard weaker than -75 dBm',
    not_associated: 'the Wi-Fi card has joined no network',
    no_gateway: 'Wi-Fi is joined, but its default gateway does not answer',
    signal_unknown: 'Wi-Fi is joined, but its driver does not say how well it is heard',
    gateway_unknown: 'Wi-Fi is joined, but nothing has talked to its default gateway lately'
  },
  fold: { carrier: 'min', rssi_dbm: 'mean', associated: 'min', gateway_reachable: 'min' },
  prepare(raw) {
    const options = parse(Options, raw, 'port options')
    const askCapability = remembered(deps.askCapability)
    return context =>
      context.system.platform === 'linux' ? fromSysfs(context, options, askCapability) : fromSystem(context, options)
  }
})

/** Classroom ports and Wi-Fi. */
export const port = portProbe({ askCapability: runEthtool })

const fromSysfs = async (context: ProbeContext, options: Options, ask: AskCapability): Promise<Reading[]> => {
  const { root } = context.system
  const names = options.interfaces ?? (await portNames(root))
  if (names.length === 0) throw noPort()
  return Promise.all(
    names.map(async name => {
      const found = await readPort(root, name)
      if (found === undefined) return missing(name)
      if (found.kind === 'wifi') return judgeWifi(found, found.carrier ? await gatewayReachable(root, name) : undefined)
      const capableMbps = await ask(name, context.signal)
      return judgePort(capableMbps === undefined ? found : { ...found, capableMbps })
    })
  )
}

/** Where there is no sysfs: the system's own list, which knows neither signal nor neighbours. */
const fromSystem = async ({ system }: ProbeContext, { interfaces }: Options): Promise<Reading[]> => {
  const known = await system.ports()
  const names = interfaces ?? known.filter(one => !one.virtual).map(one => one.name)
  if (names.length === 0) throw noPort()
  return names.map(name => {
    const found = known.find(one => one.name === name)
    if (found === undefined) return missing(name)
    const seen: Port = {
      name,
      kind: found.wireless ? 'wifi' : 'port',
      carrier: found.up,
      ...(found.speedMbps === undefined ? {} : { speedMbps: found.speedMbps }),
      ...(found.duplex === 'full' || found.duplex === 'half' ? { duplex: found.duplex } : {})
    }
    return seen.kind === 'wifi' ? judgeWifi(seen, undefined) : judgePort(seen)
  })
}

/** Undefined when the neighbour table holds nothing about the gateway: on a panel with a cable Wi-Fi may just be idle. */
const gatewayReachable = async (root: string, iface: string): Promise<boolean | undefined> => {
  const route = (await defaultRoutes(root)).find(one => one.iface === iface)
  return route === undefined ? false : arpComplete(root, route.gateway, iface)
}

const missing = (name: string): Reading => ({
  outcome: 'unavailable',
  reason: 'no_such_port',
  part: name,
  fields: {}
})

const noPort = () => new Unavailable('no_physical_port', 'no network interface of this machine has a device behind it')
