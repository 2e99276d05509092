
<?php
/* @oracle {"runs": [{"define": {"n": 2}}, {"define": {"n": 0}}]} */
?>
<?php for ($i = 0; $i < $n; $i++): ?><?= $i ?>;<?php endfor ?>
<?php while ($n > 1): $n--; ?><?= $n ?>;<?php endwhile ?>
<?php if ($n): ?><?= $n ?><?php else: ?><?= 'no' ?> <?= 'more' ?><?php endif ?>

