import { parse as parseYaml } from 'yaml'
import { uids } from '../../dashboards/links.ts'
import { dataSources } from '../../dashboards/tree/data-sources.ts'

export interface ReadFile {
  readonly path: string
  readonly text: string
}

type Any = Readonly<Record<string, unknown>>
const list = (value: unknown): readonly Any[] => (Array.isArray(value) ? (value as Any[]) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null))

/**
 * What Grafana would stumble over in a provisioning tree, and what a bureau would: one sentence a fault, with file and place. From Grafana's reading of
 * these files (pkg/services/provisioning), not from the code that makes them.
 */
export const treeFaults = (files: readonly ReadFile[]): string[] =>
  files.flatMap(({ path, text: content }) => {
    const at = (fault: string): string => `${path}: ${fault}`
    if (!/\.ya?ml$/.test(path)) return [at('the suffix must be .yaml or .yml, or Grafana passes it over')]
    const file = parseYaml(content) as Any
    if (file['apiVersion'] !== 1) return [at(`apiVersion must be 1, got ${text(file['apiVersion'])}`)]
    return [
      ...ruleFaults(file),
      ...sourceFaults(file),
      ...pointFaults(file),
      ...policyFaults(file, path, files),
      ...muteFaults(file)
    ].map(at)
  })

const sourceUids = new Set(Object.values(dataSources).map(source => source.uid))

const ruleFaults = (file: Any): string[] => {
  const seen = new Set<string>()
  return list(file['groups']).flatMap(group =>
    list(group['rules']).flatMap(rule => {
      const uid = text(rule['uid'])
      const twice = seen.has(uid) ? [`${uid} is there twice`] : []
      seen.add(uid)
      return [
        ...twice,
        ...(['noDataState', 'execErrState'] as const)
          .filter(key => !['OK', 'Alerting'].includes(text(rule[key])))
          .map(key => `${uid} must say ${key}: OK or Alerting, got ${text(rule[key])}`),
        ...(/^[\w-]{1,40}$/.test(uid) ? [] : [`uid ${uid} must have at most 40 letters`]),
        ...(/^\d+[smh]$/.test(text(rule['for'])) ? [] : [`${uid} must say for, got ${text(rule['for'])}`]),
        ...(text(group['folder']).includes('/') ? [`folder ${text(group['folder'])} would be a subfolder`] : []),
        ...stepFaults(rule, uid),
        ...annotationFaults(rule, uid)
      ]
    })
  )
}

const stepFaults = (rule: Any, uid: string): string[] => {
  const steps = list(rule['data'])
  const known = new Set(steps.map(step => text(step['refId'])))
  const faults = known.has(text(rule['condition'])) ? [] : [`${uid}: condition "${text(rule['condition'])}" is no step`]
  for (const step of steps) {
    const model = (step['model'] ?? {}) as Any
    const uidOf = text(step['datasourceUid'])
    if (uidOf === '__expr__') {
      const type = text(model['type'])
      if (type !== 'reduce' && type !== 'math') faults.push(`${uid}: type "${type}" is newer than Grafana 9.1`)
      const read = /^\$?(\w+)/.exec(text(model['expression']))?.[1]
      if (read === undefined || !known.has(read))
        faults.push(`${uid}: step ${text(step['refId'])} reads "${read ?? ''}"`)
    } else if (!sourceUids.has(uidOf)) faults.push(`${uid}: datasourceUid "${uidOf}" is none of ours`)
  }
  return faults
}

const annotationFaults = (rule: Any, uid: string): string[] => {
  const annotations = Object.entries((rule['annotations'] ?? {}) as Any)
  const query = text(((list(rule['data'])[0] ?? {})['model'] as Any | undefined)?.['query'])
  const grouped = new Set([...query.replace(/^.*GROUP BY/, '').matchAll(/"(\w+)"/g)].map(match => match[1]))
  const dashboards = new Set<string>(Object.values(uids))
  return annotations.flatMap(([key, value]) => {
    const words = text(value)
    return [
      ...(words.includes('$') ? [`${uid}: annotation ${key} has a dollar sign, which old versions replace`] : []),
      ...[...words.matchAll(/\{\{ \.Labels\.(\w+) \}\}/g)]
        .filter(match => !grouped.has(match[1]))
        .map(match => `${uid}: annotation ${key} says .Labels.${match[1] ?? ''}, which the query does not group by`),
      ...[...words.matchAll(/}}d\/([\w-]+)/g)]
        .filter(match => !dashboards.has(match[1] ?? ''))
        .map(match => `${uid}: annotation ${key} links to no dashboard: ${match[1] ?? ''}`)
    ]
  })
}

const sourceFaults = (file: Any): string[] =>
  list(file['datasources']).flatMap(source => {
    const name = text(source['name'])
    const own = Object.values(dataSources).find(one => one.name === name)
    const hidden = Object.entries((source['secureJsonData'] ?? {}) as Any)
    return [
      ...(own?.uid === source['uid']
        ? []
        : [`${name} must have the uid of dashboards, got uid "${text(source['uid'])}"`]),
      ...(source['editable'] === false ? [] : [`${name} must say editable: false`]),
      ...(source['type'] === 'influxdb' && source['access'] === 'proxy' ? [] : [`${name} must be influxdb by proxy`]),
      ...(['url', 'user', 'password'] as const)
        .filter(key => source[key] !== undefined && !fromEnvironment.test(text(source[key])))
        .map(key => `${name}/${key} must come from the environment`),
      ...hidden
        .filter(([, value]) => !fromEnvironment.test(text(value).replace(/^Token /, '')))
        .map(([key]) => `${name}/secureJsonData/${key} must come from the environment`)
    ]
  })
const fromEnvironment = /^\$\{CAMPUS_GAUGE_[A-Z_]+\}$/

const pointFaults = (file: Any): string[] =>
  list(file['contactPoints']).flatMap(point =>
    list(point['receivers']).flatMap(receiver => {
      const settings = (receiver['settings'] ?? {}) as Any
      const address = text(settings['url'] ?? settings['addresses'])
      return [
        ...(['dingding', 'wecom', 'email', 'webhook'].includes(text(receiver['type']))
          ? []
          : [`${text(point['name'])}: type ${text(receiver['type'])} is not built in`]),
        ...(fromEnvironment.test(address) ? [] : [`${text(point['name'])}: its address must come from the environment`])
      ]
    })
  )

/** Policies replace the whole tree of the server: never where Grafana reads by default, and only with receivers that a file beside it makes. */
const policyFaults = (file: Any, path: string, files: readonly ReadFile[]): string[] => {
  if (file['policies'] === undefined) return []
  if (!path.includes('/opt-in/')) return ['a default file must not replace the tree of policies']
  const beside = files
    .filter(one => one.path.startsWith(path.replace(/[^/]+$/, '')))
    .map(one => parseYaml(one.text) as Any)
  const receivers = new Set([
    'grafana-default-email',
    ...beside.flatMap(one => list(one['contactPoints']).map(p => p['name']))
  ])
  const mutes = new Set(beside.flatMap(one => list(one['muteTimes']).map(mute => mute['name'])))
  return list(file['policies'])
    .flatMap(policy => [policy, ...list(policy['routes'])])
    .flatMap(route => [
      ...(receivers.has(route['receiver'])
        ? []
        : [`receiver "${text(route['receiver'])}" is no contact point beside it`]),
      ...((route['mute_time_intervals'] ?? []) as unknown[])
        .filter(name => !mutes.has(name))
        .map(name => `mute timing "${text(name)}" is not beside it`)
    ])
}

const muteFaults = (file: Any): string[] =>
  list(file['muteTimes']).flatMap(mute =>
    list(mute['time_intervals']).flatMap(interval =>
      list(interval['times']).flatMap(times =>
        (['start_time', 'end_time'] as const)
          .filter(key => !/^([01]\d:[0-5]\d|2[0-4]:[0-5]\d)$/.test(String(times[key])))
          .map(key => `${text(mute['name'])}: ${key} must be a text such as '14:00', got ${text(times[key])}`)
      )
    )
  )
