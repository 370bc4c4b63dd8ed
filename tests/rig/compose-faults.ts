import { existsSync, globSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

type Any = Readonly<Record<string, unknown>>
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null))
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export interface ComposeSurroundings {
  /** compose.yaml itself: its paths are relative to it. */
  readonly file: string
  /** Every provisioning file that Grafana must find, relative to `dashboards/`; and the path its provider reads. */
  readonly provisioning: readonly string[]
  readonly dashboardPath: string
  /** Environment variables that those files read. */
  readonly variables: readonly string[]
}

/** What would keep `docker compose up` from giving a working Grafana, or would show a secret: one sentence a fault. */
export const composeFaults = (compose: Any, around: ComposeSurroundings): string[] => {
  const services = Object.entries((compose['services'] ?? {}) as Record<string, Any>)
  const secrets = Object.keys(compose['secrets'] ?? {})
  const volumes = Object.keys(compose['volumes'] ?? {})
  return [
    ...services.flatMap(([name, service]) =>
      serviceFaults(service, { secrets, volumes, around }).map(fault => `${name}: ${fault}`)
    ),
    ...grafanaFaults(services.find(([name]) => name === 'grafana')?.[1] ?? {}, around).map(
      fault => `grafana: ${fault}`
    ),
    ...Object.entries((compose['secrets'] ?? {}) as Record<string, Any>)
      .filter(([, secret]) => !/^\.\/compose\/secrets\/\w+$/.test(text(secret['file'])))
      .map(([name]) => `secret ${name} must be a file below compose/secrets`)
  ]
}

interface Known {
  readonly secrets: readonly string[]
  readonly volumes: readonly string[]
  readonly around: ComposeSurroundings
}

const serviceFaults = (service: Any, { secrets, volumes, around }: Known): string[] => {
  const image = text(service['image'])
  const environment = (service['environment'] ?? {}) as Any
  return [
    ...(/^[a-z0-9-]+(\/[a-z0-9-]+)?:\d[\w.-]*$/.test(image)
      ? []
      : [`image ${image} must have a pinned tag and no registry host`]),
    ...(service['network_mode'] === undefined ? [] : ['network_mode must be left out']),
    ...(service['restart'] !== undefined && service['healthcheck'] === undefined
      ? ['it must have a health check']
      : []),
    // While the image of InfluxDB makes its first account, a server answers on 127.0.0.1 that is gone a moment later.
    ...(image.startsWith('influxdb:') && text(((service['healthcheck'] ?? {}) as Any)['test']).includes('127.0.0.1')
      ? ['health check must ask by the service’s name, not 127.0.0.1']
      : []),
    ...list(service['ports'])
      .filter(port => !text(port).startsWith('127.0.0.1:'))
      .map(port => `port ${text(port)} must be bound to 127.0.0.1`),
    ...list(service['secrets'])
      .filter(secret => !secrets.includes(text(secret)))
      .map(secret => `secret ${text(secret)} is not declared`),
    ...Object.entries(environment)
      .filter(
        ([key, value]) =>
          /PASSWORD|TOKEN|SECRET/.test(key) && !/^(\/run\/secrets\/|\$\$__file\{\/run\/secrets\/)/.test(text(value))
      )
      .map(([key]) => `${key} must be read from a file, not stand here`),
    ...secretPaths(service)
      .filter(secret => !list(service['secrets']).includes(secret))
      .map(secret => `/run/secrets/${secret} is read and not among its secrets`),
    ...mounts(service)
      .filter(({ source }) => source === '..')
      .filter(({ target }) => !list(service['tmpfs']).includes(`${target}/deploy/compose/secrets`))
      .map(({ target }) => `${target} must hide the secrets of the others by a tmpfs`),
    ...mounts(service).flatMap(({ source, target }) =>
      source.startsWith('.')
        ? existsSync(resolve(dirname(around.file), source))
          ? []
          : [`${source} (for ${target}) is not there`]
        : volumes.includes(source)
          ? []
          : [`volume ${source} is not declared`]
    )
  ]
}

const mounts = (service: Any): { source: string; target: string }[] =>
  list(service['volumes']).map(volume => {
    const [source = '', target = ''] = text(volume).split(':')
    return { source, target }
  })

const secretPaths = (service: Any): string[] =>
  [...JSON.stringify(service).matchAll(/\/run\/secrets\/(\w+)/g)].map(match => match[1] ?? '')

/** Where the image looks: /etc/grafana/provisioning, not deeper than one directory. */
const grafanaFaults = (grafana: Any, around: ComposeSurroundings): string[] => {
  const mounted = mounts(grafana).map(({ source, target }) => ({
    source: resolve(dirname(around.file), source),
    target
  }))
  const root = resolve(dirname(around.file), '../dashboards')
  const environment = (grafana['environment'] ?? {}) as Any
  const json = mounted.find(({ target }) => target === around.dashboardPath)?.source
  return [
    ...around.provisioning
      .filter(path => {
        const target = `/etc/grafana/provisioning/${dirname(path).replace('provisioning/', '')}`
        return !mounted.some(mount => mount.target === target && mount.source === join(root, dirname(path)))
      })
      .map(path => `dashboards/${path} is not mounted where Grafana looks for it`),
    ...(json === undefined
      ? [`nothing is mounted at ${around.dashboardPath}, where the provider reads`]
      : globSync('*.json', { cwd: json }).length > 0
        ? []
        : [`${json} has no dashboard`]),
    ...around.variables
      .filter(name => environment[name] === undefined)
      .map(name => `${name} must be set: a provisioning file reads it`)
  ]
}
