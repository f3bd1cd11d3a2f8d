#!/bin/sh
# Starts dovecot on 127.0.0.1 with one mailbox: dovecot.sh FOLDER PORT PASSWORD. Anybody logs in with the password,
# in the clear, after STARTTLS, or by TLS at the port in FOLDER/tls-port where there is such a file.
# The mailbox is the Maildir FOLDER/mail; whoever puts a file into FOLDER/mail/new delivers a mail.
set -eu
folder=$1 port=$2 password=$3
tls=$(cat "$folder/tls-port" 2>/dev/null || echo 0)
user=$(id -un) group=$(id -gn)
# Root may read no mail, so for root all of it runs as somebody who owns nothing else.
[ "$(id -u)" != 0 ] || user=nobody group=$(id -gn nobody)

# What it leaves when it is killed, by which it takes a process that nobody has reaped for a running one.
rm -f "$folder/run/master.pid"
mkdir -p "$folder/mail/cur" "$folder/mail/new" "$folder/mail/tmp" "$folder/home"
# A certificate that nobody trusts who isn't told to.
if [ ! -e "$folder/certificate.pem" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=post \
        -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE \
        -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>&1
fi
cat >"$folder/dovecot.conf" <<EOF
base_dir = $folder/run
state_dir = $folder/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <$folder/certificate.pem
ssl_key = <$folder/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
# No waiting after a wrong password.
auth_failure_delay = 0
mail_location = maildir:$folder/mail
# Where the system gives no notice of a new file, it is looked for that often.
mailbox_idle_check_interval = 1s
first_valid_uid = 1
mail_uid = $user
mail_gid = $group
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
passdb {
  driver = static
  args = password=$password
}
userdb {
  driver = static
  args = uid=$user gid=$group home=$folder/home
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $port
  }
  inet_listener imaps {
    port = $tls
    ssl = yes
  }
}
EOF
dovecot=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v dovecot)
if [ "$(id -u)" = 0 ]; then
    chown -R "$user:$group" "$folder"
    exec setpriv --reuid="$user" --regid="$group" --clear-groups "$dovecot" -F -c "$folder/dovecot.conf"
fi
exec "$dovecot" -F -c "$folder/dovecot.conf"
