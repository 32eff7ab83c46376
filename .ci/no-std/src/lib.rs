#![no_std]
use {iot_defender as _, iot_jobs as _, iot_policy as _, iot_shadow as _, iot_topics as _};
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
