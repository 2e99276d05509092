//! The state of a sandbox in Chinese.

/// See [`MESSAGES`](super::MESSAGES).
pub(super) const STATE: &[(&str, &str)] = &[
    (
        "the sandbox's state in {} is damaged: restore a copy of the folder, or delete the folder to begin anew",
        "{} 中的沙箱状态已损坏：请用备份恢复该目录，或删除该目录重新开始",
    ),
    (
        "the sandbox's state cannot be kept in {}: make its folder writable, or name another",
        "无法在 {} 中保存沙箱状态：请使其所在目录可写，或换一个目录",
    ),
    (
        "the state in {} is in use by another sandbox: stop that sandbox, or name another folder",
        "{} 中的状态正由另一个沙箱使用：请停止那个沙箱，或换一个目录",
    ),
    (
        "the state in {} was written by another build of version {} of the sandbox: start that build, or name an empty folder",
        "{} 中的状态由沙箱 {} 版的另一次构建写入：请用那次构建启动，或换一个空目录",
    ),
    (
        "the state in {} was written by version {} of the sandbox, and this is version {}: start that version, or name an empty folder",
        "{} 中的状态由沙箱 {} 版写入，而当前是 {} 版：请用原版本启动，或换一个空目录",
    ),
    (
        "the state in {} was made with other settings ({}): start with the same, or name an empty folder",
        "{} 中的状态是用其他选项创建的（{}）：请用相同的选项启动，或换一个空目录",
    ),
    (
        "the sandbox's state cannot be written to {}: make room on the disk and start the sandbox again; what was answered is kept",
        "无法把沙箱状态写入 {}：请腾出磁盘空间后重新启动沙箱；已应答的内容都已保存",
    ),
    (
        "the sandbox's state could not be compacted: nothing is lost, and its file grows until a later compaction succeeds",
        "沙箱状态文件未能压缩：数据没有丢失，在下次压缩成功之前文件会继续增大",
    ),
    (
        "the sandbox's state in {} cannot be restored: its entry {} has other effects than before ({}): start the build of the sandbox and the merchant's files that made it, or name an empty folder",
        "无法恢复 {} 中的沙箱状态：其中第 {} 条记录的结果与以前不同（{}）：请使用创建它的沙箱版本和商户文件，或换一个空目录",
    ),
    (
        "the sandbox's state was made with other keys than those in its folder: restore the folder keys in the folder of the state, start with the same --dir, or name an empty folder",
        "沙箱状态与目录中的密钥不匹配：请恢复状态目录下的 keys 目录，或用相同的 --dir 启动，或换一个空目录",
    ),
    ("cannot encode the sandbox's state", "无法编码沙箱状态"),
    (
        "cannot encode an entry of the state",
        "无法编码沙箱状态的一条记录",
    ),
    (
        "cannot start a thread that writes the state",
        "无法启动写入状态的线程",
    ),
    (
        "the state is no longer written: start the sandbox again",
        "状态已停止写入：请重新启动沙箱",
    ),
    ("its pages are damaged", "文件内容已损坏"),
    ("a row is missing", "缺少记录"),
    ("entries are missing or changed", "有记录缺失或被改动"),
    ("no Base64", "不是 Base64"),
    ("the merchant {} is missing", "缺少商户 {}"),
    ("it is no request", "不是请求"),
    ("no response", "没有应答"),
    ("it gave {}, and now gives {}", "原来是 {}，现在是 {}"),
];
