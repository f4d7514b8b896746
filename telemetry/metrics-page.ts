import type { Registry } from 'prom-client';

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly type: string;
}

const HEAD = `# Metrics

\`GET :9091/metrics\` on every process. Names that begin with \`milvus_\` are Milvus' own, so that its dashboards work; names that begin with \`braid_\` are ours. Latencies are milliseconds, as Milvus has
them. Every series also has \`node_id\`. Labels are bounded: the first 100 names of collections (64 of databases, 100 of users) that a process sees are themselves, all later ones are \`other\`, without an id, and
their values are one sum. A name keeps its place until the process ends.
Prometheus gets the OpenMetrics format, with the ids of sampled traces as exemplars on \`milvus_proxy_req_latency\`, \`milvus_proxy_sq_latency\` and \`milvus_proxy_mutation_latency\`.

All that is counted of a search that two nodes answer takes 1.4 us of CPU. prom-client alone took 7.5 us for half as much: it checks and joins names and values of labels at every change (\`telemetry/metric-family.ts\`).

## Where the time of a search goes

| of                            | metric                                                                        | seen by       |
| ----------------------------- | ----------------------------------------------------------------------------- | ------------- |
| the whole                     | \`milvus_proxy_sq_latency\`                                                   | router        |
| where to go, what to see      | \`braid_router_routing_latency\`                                              | router        |
| waiting for the nodes         | \`milvus_proxy_sq_wait_result_latency\`                                       | router        |
| one answer of theirs          | \`milvus_proxy_sq_decode_result_latency\`, \`..._sq_reduce_result_latency\`     | router        |
| output fields from elsewhere  | \`braid_router_fetch_latency\`                                                | router        |
| the whole on a node           | \`milvus_querynode_sq_req_latency\`                                           | node          |
| waiting for what it must see  | \`milvus_querynode_sq_wait_tsafe_latency\`                                    | node          |
| waiting for a thread          | \`milvus_querynode_sq_queue_latency\`                                         | each segment  |
| native search                 | \`milvus_querynode_sq_core_latency\`                                          | each segment  |
| filter, wait, native search   | \`milvus_querynode_sq_segment_latency\`                                       | each segment  |
| one list of the segments'     | \`milvus_querynode_sq_reduce_latency\`                                        | node          |

Segments are searched side by side, and so are nodes: the slowest decides. The dashboard _Search path_ draws it.

## What of Milvus' dashboards stays empty

Panels whose metric is in the table below have values. These have none, because Braid has nothing of the kind:

| metrics | why |
| --- | --- |
| \`milvus_proxy_req_in_queue_latency\`, \`..._queue_task_num\`, \`milvus_querynode_read_task_ready_len\`, \`..._read_task_unsolved_len\`, \`..._read_evicted_count\`, \`..._estimate_cpu_usage\` | no queue of requests: work begins when it comes. What waits, waits for a thread (\`milvus_querynode_sq_queue_latency\`) or the event loop (\`braid_event_loop_delay_seconds\`) |
| \`milvus_querynode_search_group_nq\`, \`_topk\`, \`_size\` | searches of several clients are not merged into one |
| \`..._msgstream_obj_num\`, \`..._vchannel_num\`, \`..._dml_channel_num\`, \`..._flowgraph_num\`, \`..._consumer_num\`, \`..._producer_num\`, \`..._tt_lag_ms\`, \`..._sync_epoch_time\`, \`..._time_tick_delay\`, \`..._consume_*\`, \`milvus_datanode_msg_rows_count\` | no message streams. The log is \`braid_log_bytes\` and \`braid_dependency_call_latency{dependency="log"}\`; how far readers are behind is \`braid_reader_delete_lag_seconds\` |
| \`milvus_proxy_apply_pk_latency\`, \`..._assign_segmentID_latency\`, \`milvus_rootcoord_id_alloc_count\`, \`..._timestamp\`, \`..._timestamp_saved\` | keys, segments and timestamps are the writer's, given within the call that writes |
| \`milvus_proxy_limiter_rate\`, \`..._rate_limit_req_count\`, \`..._max_insert_rate\` | no rate limits; a writer that cannot follow refuses, which \`milvus_proxy_req_count{status="fail"}\` shows |
| \`milvus_proxy_collection_sq_latency\`, \`..._collection_mutation_latency\` | given up by Milvus, too: \`milvus_proxy_sq_latency\` and \`..._mutation_latency\` have the collection |
| \`milvus_indexnode_*\`, \`milvus_indexcoord_*\`, \`milvus_datacoord_index_*\` | no index nodes: graphs grow while rows come, and are finished when the segment is sealed (\`milvus_datanode_save_latency\`) |
| \`milvus_querycoord_load_latency\`, \`..._child_task_*\`, \`..._parent_task_num\`, \`..._task_num\` | readers load by themselves: \`milvus_querynode_load_segment_latency\`, \`braid_reader_segments_awaited\` |
| \`milvus_datanode_encode_buffer_latency\`, \`..._autoflush_buffer_op_count\`, \`..._flush_req_count\`, \`..._flushed_data_size\` | not measured apart: seals are \`milvus_datanode_flush_buffer_op_count\`, bytes \`milvus_datacoord_stored_binlog_size\` |
| \`milvus_rootcoord_credential_num\`, \`milvus_proxy_report_value\`, \`..._hook_func_count\`, \`..._workload_score\`, \`..._executing_total_nq\`, \`..._retry_search_cnt\` | not counted |

Labels that have no meaning here are missing (\`scope\`, \`rg\`, \`segment_level\`, \`channel_name\`); queries that sum over them are not affected. Requests that Milvus' coordinators count are counted by the router that was asked.

## All of them

This page is made from the code: \`npx vitest run test/telemetry/metrics-page.test.ts -u\`; the test fails while it is not current. [Dashboards, alerts](operations.md).
`;

/** docs/metrics.md: all that is registered, by name. */
export function metricsPage(registry: Registry): string {
  const described = registry
    .getMetricsAsArray()
    .map((metric) => metric as unknown as Described)
    .sort((left, right) => left.name.localeCompare(right.name));
  const rows = described.map((metric) => {
    const labels = metric.labelNames.map((label) => `\`${label}\``).join(', ');
    return `| \`${metric.name}\` | ${metric.type} | ${labels} | ${metric.help} |`;
  });
  return [HEAD, '| metric | kind | labels | what it says |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}
