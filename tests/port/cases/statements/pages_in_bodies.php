<?php
/* @oracle {"calls": [{"function": "page", "args": [0]}, {"function": "page", "args": [1]}, {"function": "page", "args": [2]}]} */
function page(int $a): void
{
    if ($a): ?>
yes{z}%d
<?php else: ?>
no
<?php endif; ?>
<?php if ($a > 1): ?>many<?php elseif ($a === 1): ?>one <?= $a ?> <?= $a ?><?php else: ?>none<?php endif; ?>
<?php foreach ([1, 2] as $x): ?>only<?php endforeach; ?>
<?php for ($i = 0; $i < $a; $i++): ?>
<li><?= $i ?></li>
<?php endfor ?>
<?php for ($i = 0; $i < 2; $i++): ?>;<?php endfor; ?>
<?php for ($i = 0; $i < 2; $i++) { ?><?= $i ?>;<?php } ?>
<?php while ($a < 1): ?>while<?php $a++; endwhile; ?>
<?php switch ($a):
    case 1: ?>first<?= $a ?><?php break;
    default: ?>other
<?php endswitch;
    switch ($a) { case 1: ?>braces<?php break; default: ?>d<?php echo 1; }
    try { ?>t<?= $a ?><?php } catch (Exception $e) { ?>c<?php }
    do { ?>do<?php } while (false);
    $in = function () { ?>in<?php };
    $in();
    if ($a) { echo 1; } else { ?>e<?php } ?>

<?= $a ?> <?= $a ?>

	<?= 'x' . $a; echo 'behind'; ?>

<?php }
page(5);
?>

end

