"""What kinds of jobs and their states are called."""

from workflows.label import Label

KIND_LABELS = {
    "sweep": Label("升级巡检", "Escalation check"),
    "propose_deductions": Label("拟定扣分", "Propose deductions"),
    "compile_month": Label("编制月度报告", "Compile the monthly report"),
    "compile_bulletin": Label("编制督查通报", "Compile the bulletin"),
    "redate": Label("重新计算期限", "Recalculate dates after a new calendar"),
    "digest": Label("每日摘要", "Daily digest"),
    "tidy": Label("清理过期记录", "Clean up expired records"),
    "keep_root": Label("留存当日记录根值", "Keep the root of the record"),
    "send_root": Label("发送记录根值", "Send the root of the record"),
    "tell_account": Label("发送账号变动通知", "Tell of a change of an account"),
    "issue_report": Label("印发报告", "Issue a report"),
    "print_report": Label("排印文稿", "Print a paper"),
    "list_file": Label("生成列表文件", "Make the file of a list"),
    "fan_out": Label("分发通知", "Pass notices on"),
    "deliver_mail": Label("投递电子邮件", "Deliver a mail"),
    "deliver_webhook": Label("投递机器人消息", "Deliver to a robot"),
}
STATE_LABELS = {
    "waiting": Label("等待", "Waiting"),
    "running": Label("进行中", "Running"),
    "done": Label("完成", "Done"),
    "failed": Label("失败", "Failed"),
}
