package io.weft.sidecar.observe.prometheus;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.function.ToLongFunction;

/** The JVM under Micrometer's names, read when asked for: an operator's dashboards of Spring parts work on a sidecar too, without the registry in memory. */
public final class JvmMetrics {
    private JvmMetrics() {}

    /** Adds them. */
    public static void write(PrometheusText text) {
        memory(text, "jvm_memory_used_bytes", MemoryUsage::getUsed);
        memory(text, "jvm_memory_committed_bytes", MemoryUsage::getCommitted);
        memory(text, "jvm_memory_max_bytes", MemoryUsage::getMax);
        text.type("jvm_buffer_memory_used_bytes", "gauge");
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            text.sample("jvm_buffer_memory_used_bytes", List.of("id", pool.getName()), pool.getMemoryUsed());
        }
        text.type("jvm_gc_pause_seconds", "summary");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            List<String> labels = List.of("gc", collector.getName());
            text.sample("jvm_gc_pause_seconds_sum", labels, collector.getCollectionTime() / 1000.0);
            text.sample("jvm_gc_pause_seconds_count", labels, collector.getCollectionCount());
        }
        text.gauge("jvm_threads_live_threads", ManagementFactory.getThreadMXBean().getThreadCount());
        text.gauge("jvm_classes_loaded_classes", ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
        text.gauge("process_uptime_seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
        text.gauge("process_start_time_seconds", ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
        text.gauge("system_cpu_count", Runtime.getRuntime().availableProcessors());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            text.gauge("process_cpu_usage", Math.max(0, system.getProcessCpuLoad()));
            text.type("process_cpu_time_ns_total", "counter");
            text.sample("process_cpu_time_ns_total", List.of(), system.getProcessCpuTime());
        }
    }

    private static void memory(PrometheusText text, String name, ToLongFunction<MemoryUsage> value) {
        text.type(name, "gauge");
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = pool.getUsage();
            if (usage != null) {
                String area = pool.getType() == MemoryType.HEAP ? "heap" : "nonheap";
                text.sample(name, List.of("area", area, "id", pool.getName()), value.applyAsLong(usage));
            }
        }
    }
}
