/** A dashboard as it is committed: plain JSON, with what our own code reads of it named. */
export interface Board {
  uid: string
  title: string
  description: string
  editable: boolean
  refresh: string
  timezone: string
  schemaVersion: number
  tags: string[]
  time: { from: string; to: string }
  panels: Panel[]
  templating: { list: Variable[] }
  annotations: { list: Annotation[] }
  links: { type: string; tags: string[] }[]
}
export interface Panel {
  id: number
  type: string
  title: string
  description: string
  datasource: Source
  gridPos: { x: number; y: number; w: number; h: number }
  targets: Target[]
  fieldConfig: { defaults: Defaults; overrides: Override[] }
  options: Record<string, unknown>
  transformations: { id: string; options: Record<string, unknown> }[]
  timeFrom?: string
  interval?: string
  repeat?: string
}
export interface Source {
  type: string
  uid: string
}
export interface Target {
  refId: string
  query: string
  rawQuery: boolean
  resultFormat: 'table' | 'time_series'
  datasource: Source
  alias?: string
}
export interface Mapping {
  type: string
  options: Record<string, { text: string; color?: string; index: number }>
}
export interface Thresholds {
  mode: string
  steps: { value: number | null; color: string }[]
}
export interface Defaults {
  unit: string
  noValue: string
  mappings: Mapping[]
  thresholds: Thresholds
  links?: Link[]
}
export interface Link {
  title: string
  url: string
}
export interface Override {
  matcher: { id: string; options: string }
  properties: { id: string; value: unknown }[]
}
export interface Variable {
  name: string
  type: string
  label: string
  query: string
  regex?: string
  datasource?: Source
  multi: boolean
  includeAll: boolean
  allValue?: string
  /** 2: not on the page. */
  hide?: number
  skipUrlSync?: boolean
  current?: unknown
  options?: unknown
}
export interface Annotation {
  name: string
  query: string
  datasource: Source
  target: { query: string }
}

/** The value of a property that an override sets; undefined when it sets none. */
export const propertyOf = (override: Override, id: string): unknown =>
  override.properties.find(property => property.id === id)?.value
