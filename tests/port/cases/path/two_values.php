<?php
/* @oracle {"define": {"batch": "B1", "detail": "D 1"}, "answers": [{}]} */
$instance->v3->transfer->batches->outBatchNo->_out_batch_no_->details->outDetailNo->_out_detail_no_->get(['out_batch_no' => $batch, 'out_detail_no' => $detail]);
