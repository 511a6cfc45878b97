package io.weft.gateway.filter;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.http.Downstream;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.RequestEvents;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import org.jspecify.annotations.Nullable;

/** A transfer that goes on as the mesh's own routes say. To the engine it is the client. */
final class MeshTransfer implements Downstream, Transfer.Upstream {

    private final Transfer transfer;
    private @Nullable RequestEvents events;
    private boolean writable = true;
    private boolean over;

    private MeshTransfer(Transfer transfer) {
        this.transfer = transfer;
    }

    /** On the event loop. */
    static void start(Transfer transfer, RequestHead head, boolean hasBody) {
        long length = RequestHeads.length(head);
        MeshTransfer made = new MeshTransfer(transfer);
        transfer.upstream(made);
        made.events = transfer.onward().resume(made, head, !hasBody);
        if (hasBody && !made.over) {
            transfer.takeBody(length);
        }
    }

    // ------------------------------------------------------------------ to the engine

    @Override
    public void data(ByteBuf data, boolean end) {
        RequestEvents to = events;
        if (to == null || over) {
            data.release();
        } else {
            to.onRequestData(data, end);
        }
    }

    @Override
    public void reading(boolean reading) {
        writable = reading;
        RequestEvents to = events;
        if (reading && to != null && !over) {
            to.onDownstreamWritable();
        }
    }

    @Override
    public void cancel() {
        RequestEvents to = events;
        if (to != null && !over) {
            over = true;
            to.onDownstreamReset();
        }
    }

    // ------------------------------------------------------------------ from the engine

    @Override
    public void sendInformational(ResponseHead head) {}

    @Override
    public void sendHead(ResponseHead head, boolean end) {
        over |= end;
        if (head.status() == 101) {
            Tunnel.open(transfer, head, this);
        } else {
            transfer.head(head, end);
        }
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        over |= end;
        transfer.answer(data, end);
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        over = true;
        transfer.trailers(trailers);
    }

    @Override
    public void reset() {
        over = true;
        transfer.failed(UpstreamTroubleException.badGateway("the answer of a mesh route was broken off"));
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void setReading(boolean reading) {
        transfer.requestReading(reading);
    }

    @Override
    public DownstreamConnection connection() {
        return transfer.onward().connection();
    }
}
