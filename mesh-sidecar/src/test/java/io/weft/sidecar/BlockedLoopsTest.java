package io.weft.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.FileInputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingMethod;

/** That these tests would say it. */
class BlockedLoopsTest {

    @Test
    void aLoopThatSleepsOrReads_isSeen() throws Exception {
        List<BlockingMethod> seen = new CopyOnWriteArrayList<>();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        BlockedLoops.report = seen::add;
        try {
            loops.submit(() -> {
                Thread.sleep(1);
                try (FileInputStream in = new FileInputStream("/proc/self/status")) {
                    return in.read(new byte[1]);
                }
            }).get();
        } finally {
            BlockedLoops.report = BlockedLoops::print;
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        }
        assertThat(seen).extracting(BlockingMethod::getName).contains("sleep", "readBytes");
    }
}
